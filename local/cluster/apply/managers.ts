import type { Json, KubeObject, ManagedFieldsEntry } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { compare } from './compare.ts';
import { declaredFields, ownable } from './field-set.ts';
import {
  difference,
  type Fields,
  fromFieldsV1,
  intersection,
  isEmpty,
  noFields,
  paths,
  toFieldsV1,
  union,
  withoutBelow,
} from './fields.ts';

/** Who writes: the manager's name, how, and through which subresource. */
export interface Writer {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion: string;
  readonly subresource?: string;
}

/** One manager's fields. */
export interface Owner extends Writer {
  readonly time?: string;
  readonly fields: Fields;
}

export interface Conflict {
  readonly owner: Owner;
  readonly path: string;
}

export function ownersOf(object: Json): Owner[] {
  const entries: ManagedFieldsEntry[] = object?.metadata?.managedFields ?? [];
  return entries
    .filter((entry) => entry.manager !== undefined && entry.fieldsV1 !== undefined)
    .map(({ fieldsV1, fieldsType: _, ...rest }) => ({ ...rest, fields: fromFieldsV1(fieldsV1) }));
}

export function sameWriter(left: Writer, right: Writer): boolean {
  return (
    left.manager === right.manager &&
    left.operation === right.operation &&
    (left.subresource ?? '') === (right.subresource ?? '') &&
    (left.operation === 'Apply' || left.apiVersion === right.apiVersion)
  );
}

/** The entries as stored: appliers first, then by time, then by name; managers without fields left out. */
export function toManagedFields(owners: readonly Owner[]): ManagedFieldsEntry[] {
  return owners
    .filter((owner) => !isEmpty(owner.fields))
    .map(({ manager, operation, apiVersion, time, fields, subresource }) => ({
      manager,
      operation,
      apiVersion,
      ...(time === undefined ? {} : { time }),
      fieldsType: 'FieldsV1' as const,
      fieldsV1: toFieldsV1(fields),
      ...(subresource === undefined ? {} : { subresource }),
    }))
    .sort(
      (left, right) =>
        left.operation.localeCompare(right.operation) ||
        (left.time ?? '').localeCompare(right.time ?? '') ||
        left.manager.localeCompare(right.manager),
    );
}

/** What an ordinary write (POST, PUT, patches) makes of the owners. */
export function ownersAfterUpdate(
  before: KubeObject | undefined,
  after: KubeObject,
  schema: Schema,
  writer: Writer,
  now: string,
): Owner[] {
  const { added, modified, removed } = compare(before, after, schema);
  const written = ownable(union(added, modified));
  const gone = ownable(removed);
  const owners = ownersOf(after);
  const mine = owners.find((owner) => sameWriter(owner, writer));
  const others = owners.filter((owner) => owner !== mine);
  const kept = others.map((owner) => without(owner, ownable(modified), gone));
  const fields = withoutBelow(union(mine?.fields ?? noFields(), written), gone);
  // A write through /scale carries no time, so that autoscaling back and forth does not change the object each time.
  const time = writer.subresource === 'scale' ? {} : timeOf(mine, isEmpty(written) ? undefined : now);
  return [...kept, { ...writer, ...time, fields }];
}

function timeOf(owner: Owner | undefined, now: string | undefined): { readonly time?: string } {
  const time = now ?? owner?.time;
  return time === undefined ? {} : { time };
}

function without(owner: Owner, taken: Fields, gone: Fields): Owner {
  return { ...owner, fields: withoutBelow(difference(owner.fields, taken), gone) };
}

/** Fields of other managers that the change from `before` to `after` would overwrite, and the owners once it did. */
export function ownersAfterApply(
  before: KubeObject,
  after: KubeObject,
  schema: Schema,
  others: readonly Owner[],
): { readonly conflicts: Conflict[]; readonly owners: Owner[] } {
  const { added, modified, removed } = compare(before, after, schema);
  const overwritten = union(added, modified);
  const conflicts: Conflict[] = [];
  const owners = others.map((owner) => {
    const lost = intersection(owner.fields, overwritten);
    for (const path of paths(lost)) conflicts.push({ owner, path });
    return { ...owner, fields: withoutBelow(difference(owner.fields, lost), removed) };
  });
  return { conflicts, owners };
}

/** Everything an object holds, for the manager that stands for those before the first apply. */
export function everything(object: KubeObject, schema: Schema): Fields {
  return ownable(declaredFields(object, schema));
}
