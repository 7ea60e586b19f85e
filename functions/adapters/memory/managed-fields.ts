import type { FieldSet, ManagedFieldsEntry } from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { fieldManager, handoverManager } from '#domain/managed-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { leavesOf, type Ownership } from './field-ownership.ts';

// Field ownership as the API server shows it in `metadata.managedFields`, and read back from there.

/** The object with its owners in `metadata.managedFields`. */
export function withManagedFields(object: LiveObject, owners: Ownership): LiveObject {
  const leaves = leavesOf(object);
  const sets = new Map<string, FieldSet>();
  for (const [path, managers] of owners) {
    const keys = leaves.get(path)?.keys;
    if (keys === undefined) continue;
    for (const manager of managers) sets.set(manager, withField(sets.get(manager) ?? {}, keys));
  }
  const entries = [...sets].map(([manager, fieldsV1]) => entryOf(manager, fieldsV1, object));
  return { ...object, metadata: { ...object.metadata, managedFields: entries } };
}

function withField(set: FieldSet, [key, ...rest]: readonly string[]): FieldSet {
  if (key === undefined) return {};
  const name = `f:${key}`;
  return { ...set, [name]: withField(set[name] ?? {}, rest) };
}

const appliers: ReadonlySet<string> = new Set([fieldManager, handoverManager]);

function entryOf(owner: string, fieldsV1: FieldSet, { apiVersion }: KubernetesObject): ManagedFieldsEntry {
  const [manager = owner, subresource] = owner.split('/');
  return {
    manager,
    operation: appliers.has(manager) ? 'Apply' : 'Update',
    apiVersion,
    fieldsType: 'FieldsV1',
    fieldsV1,
    ...(subresource === undefined ? {} : { subresource }),
  };
}

/** The owners that entries tell of. */
export function ownershipIn(entries: readonly ManagedFieldsEntry[]): Ownership {
  const owners = new Map<string, Set<string>>();
  for (const { manager, subresource, fieldsV1 = {} } of entries) {
    for (const path of pathsIn(fieldsV1)) {
      const known = owners.get(path) ?? new Set();
      owners.set(path, known.add(subresource === undefined ? manager : `${manager}/${subresource}`));
    }
  }
  return owners;
}

function pathsIn(set: FieldSet): readonly string[] {
  return Object.entries(set).flatMap(([key, below]) => {
    if (!key.startsWith('f:')) return [];
    const path = `.${key.slice(2)}`;
    const deeper = pathsIn(below);
    return deeper.length === 0 ? [path] : deeper.map((rest) => `${path}${rest}`);
  });
}
