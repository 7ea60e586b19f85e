import {
  type FieldSet,
  type ManagedFieldsEntry,
  onlyFields,
  unionOf,
  withoutFields,
} from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { fieldManager, fieldsOf, managedFieldsOf } from '#domain/managed-fields.ts';
import { isMigrated } from '#domain/manager-classes.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

// From client-side to server-side apply (KUBERNETES.md A6): what a manifest declared before us and ours declares no more
// would stay for ever, because its old manager still owns it. Its fields become ours, once, and then they can go.

/**
 * The managers whose fields become ours, each once; empty when the object needs no migration. Once it is ours, what a
 * person applies beside us is theirs, like any field that the release does not declare.
 */
export function migratedManagers(live: LiveObject): readonly string[] {
  if (managedFieldsOf(live).some(isOurs)) return [];
  return [
    ...new Set(
      managedFieldsOf(live)
        .filter(isLegacy)
        .map(({ manager }) => manager),
    ),
  ].sort();
}

// Never an entry of a subresource, and never a controller's (A6).
function isLegacy({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return operation === 'Update' && (subresource ?? '') === '' && isMigrated(manager);
}

function isOurs({ manager, operation, subresource }: ManagedFieldsEntry): boolean {
  return operation === 'Apply' && manager === fieldManager && (subresource ?? '') === '';
}

/** The object's `managedFields` with the legacy entries united into one of ours; undefined when it needs no migration. */
export function migratedEntries(live: LiveObject): readonly ManagedFieldsEntry[] | undefined {
  if (migratedManagers(live).length === 0) return undefined;
  const entries = managedFieldsOf(live);
  const legacy = entries.filter(isLegacy);
  const { apiVersion } = live;
  // Fields of another version of the API have other names: such an entry is dropped, and its fields stay.
  const united = legacy
    .filter((entry) => (entry.apiVersion ?? apiVersion) === apiVersion)
    .reduce<FieldSet>((all, { fieldsV1 }) => unionOf(all, fieldsV1 ?? {}), {});
  const time = legacy[0]?.time;
  const entry: ManagedFieldsEntry = {
    manager: fieldManager,
    operation: 'Apply',
    apiVersion,
    ...(time === undefined ? {} : { time }),
    fieldsType: 'FieldsV1',
    fieldsV1: united,
  };
  return [entry, ...entries.filter((other) => !isLegacy(other))];
}

/**
 * What an apply would leave of the object after its migration, from what a dry run before it answered: without the fields
 * that only legacy managers hold. Replicas stay, because they are handed over (A4).
 */
export function afterMigration(result: LiveObject): LiveObject {
  const entries = managedFieldsOf(result);
  const kept = unionOf(fieldsOf(entries.filter((entry) => !isLegacy(entry))), alwaysKept);
  return withoutFields(result, fieldsOf(entries.filter(isLegacy)), kept) as LiveObject;
}

const alwaysKept: FieldSet = { 'f:spec': { 'f:replicas': {} } };

/** An apply of what the migrated managers declared: it puts the object back as it was before we took it over. */
export function originalIntent(original: LiveObject, uid: string): KubernetesObject {
  const { apiVersion, kind, metadata } = original;
  const declared = onlyFields(
    original,
    fieldsOf(managedFieldsOf(original).filter(isLegacy)),
  ) as KubernetesObject;
  const { name, namespace } = metadata;
  const place = namespace === undefined ? {} : { namespace };
  return { ...declared, apiVersion, kind, metadata: { ...declared.metadata, name, ...place, uid } };
}

/** The live object's `managedFields` with our own entry given back to who held its fields in the original. */
export function givenBackEntries(live: LiveObject, original: LiveObject): readonly ManagedFieldsEntry[] {
  const others = managedFieldsOf(live).filter((entry) => !isOurs(entry));
  return [...managedFieldsOf(original).filter(isLegacy), ...others];
}
