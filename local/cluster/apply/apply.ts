import { ApiError } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import { apiVersionOf } from '../kinds.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { declaredFields, ownable } from './field-set.ts';
import { noFields, union } from './fields.ts';
import {
  type Conflict,
  everything,
  type Owner,
  ownersAfterApply,
  ownersOf,
  sameWriter,
  toManagedFields,
  type Writer,
} from './managers.ts';
import { merge, prune } from './merge.ts';
import { typeErrors } from './typed.ts';

export interface ApplyOptions {
  readonly kind: Kind;
  readonly manager: string;
  readonly force: boolean;
  /** Kubernetes' time of now. */
  readonly now: string;
  readonly subresource?: string;
}

/**
 * Merges an applied configuration into the live object as server-side apply does: what only this manager owned and no
 * longer declares goes, what others own and this would change is a conflict.
 * @param live the stored object, or an empty one with the identity when there is none
 * @throws ApiError 409 with each conflict as a cause; 500 when the configuration does not fit its schema
 */
export function applyConfiguration(live: KubeObject, applied: Json, options: ApplyOptions): KubeObject {
  const schema = options.kind.schema;
  refuseUntyped(live, applied, options.kind);
  const writer: Writer = {
    manager: options.manager,
    operation: 'Apply',
    apiVersion: apiVersionOf(options.kind),
    ...(options.subresource === undefined ? {} : { subresource: options.subresource }),
  };
  const config = owned(applied, options);
  const owners = firstOwners(live, ownersOf(live), options);
  const mine = owners.find((owner) => sameWriter(owner, writer));
  const others = owners.filter((owner) => owner !== mine);

  const fields = ownable(declaredFields(config, schema));
  const kept = others.reduce((all, owner) => union(all, owner.fields), fields);
  const merged = merge(live, config, schema);
  const pruned = mine === undefined ? merged : prune(merged, schema, mine.fields, kept);
  const result = ownersAfterApply(live, pruned, schema, others);
  if (result.conflicts.length > 0 && !options.force) throw conflictError(result.conflicts);

  // Only an apply that changes the object moves the time; one that merely claims fields has the time it had, or none.
  const time =
    sameJson(contents(live), contents(pruned)) && live.metadata.uid !== '' ? mine?.time : options.now;
  const entry = { ...writer, ...(time === undefined ? {} : { time }), fields };
  const managedFields = toManagedFields([...result.owners, entry]);
  return { ...pruned, metadata: { ...pruned.metadata, managedFields } };
}

function contents(object: KubeObject): Json {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata };
}

/** The configuration without what this endpoint does not write: status, or everything but it. */
function owned(applied: Json, options: ApplyOptions): Json {
  const { metadata, status, ...rest } = applied;
  const { managedFields: _, ...ownMetadata } = metadata ?? {};
  if (options.subresource === 'status') {
    return { apiVersion: rest.apiVersion, kind: rest.kind, metadata: ownMetadata, status };
  }
  const keepsStatus = !options.kind.subresources.includes('status') && status !== undefined;
  return { ...rest, metadata: ownMetadata, ...(keepsStatus ? { status } : {}) };
}

/** Objects that nobody is recorded for get one manager for all they hold, as before their first apply. */
function firstOwners(live: KubeObject, owners: Owner[], options: ApplyOptions): Owner[] {
  if (owners.length > 0 || live.metadata.uid === '') return owners;
  const fields = everything(live, options.kind.schema);
  const apiVersion = apiVersionOf(options.kind);
  return [
    {
      manager: 'before-first-apply',
      operation: 'Update',
      apiVersion,
      time: options.now,
      fields: union(fields, noFields()),
    },
  ];
}

function refuseUntyped(live: KubeObject, applied: Json, kind: Kind): void {
  const errors = typeErrors(applied, kind.schema);
  if (errors.length === 0) return;
  const { namespace, name } = live.metadata;
  const groupVersion = apiVersionOf(kind);
  const text = errors.length === 1 ? errors[0] : `errors:\n  ${errors.join('\n  ')}`;
  throw new ApiError(
    500,
    undefined,
    `failed to create typed patch object (${namespace ?? ''}/${name}; ${groupVersion}, Kind=${kind.kind}): ${text}`,
  );
}

function conflictError(conflicts: readonly Conflict[]): ApiError {
  const causes = conflicts.map(({ owner, path }) => ({
    reason: 'FieldManagerConflict',
    message: `conflict with ${describe(owner)}`,
    field: path,
  }));
  return new ApiError(409, 'Conflict', conflictMessage(conflicts), { causes });
}

function conflictMessage(conflicts: readonly Conflict[]): string {
  const [first] = conflicts;
  if (conflicts.length === 1 && first !== undefined) {
    return `Apply failed with 1 conflict: conflict with ${describe(first.owner)}: ${first.path}`;
  }
  const byOwner = Map.groupBy(conflicts, (conflict) => describe(conflict.owner));
  const lines = [...byOwner.keys()].sort().map((owner) => {
    const fields = (byOwner.get(owner) ?? []).map((conflict) => `- ${conflict.path}`);
    return `conflicts with ${owner}:\n${fields.join('\n')}`;
  });
  return `Apply failed with ${conflicts.length} conflicts: ${lines.join('\n')}`;
}

function describe(owner: Owner): string {
  const subresource = owner.subresource === undefined ? '' : ` with subresource "${owner.subresource}"`;
  const version = owner.operation === 'Update' ? ` using ${owner.apiVersion}` : '';
  return `"${owner.manager}"${subresource}${version}`;
}
