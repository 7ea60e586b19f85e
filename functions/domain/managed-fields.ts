import { type FieldSet, type ManagedFieldsEntry, ownsField, unionOf } from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';

/** One manager for every release of every application, for ever (KUBERNETES.md A1). */
export const fieldManager = 'tidegate';

/** Holds replicas while no scaler does, so that they don't fall to the default when our manager lets go (A4). */
export const handoverManager = 'tidegate-handover';

/** Who owns which fields of a live object. */
export function managedFieldsOf({ metadata }: LiveObject): readonly ManagedFieldsEntry[] {
  return Array.isArray(metadata.managedFields)
    ? (metadata.managedFields as readonly ManagedFieldsEntry[])
    : [];
}

/** The fields that our own applies declared last; undefined when they never touched the object. */
export function appliedFields(live: LiveObject, manager = fieldManager): FieldSet | undefined {
  return managedFieldsOf(live).find(
    (entry) => entry.operation === 'Apply' && entry.manager === manager && (entry.subresource ?? '') === '',
  )?.fieldsV1;
}

/** All fields that these entries hold. */
export function fieldsOf(entries: readonly ManagedFieldsEntry[]): FieldSet {
  return entries.reduce<FieldSet>((all, { fieldsV1 }) => unionOf(all, fieldsV1 ?? {}), {});
}

export const replicasKeys = ['f:spec', 'f:replicas'] as const;

/** True when the entry owns `.spec.replicas`. */
export function ownsReplicas({ fieldsV1 }: ManagedFieldsEntry): boolean {
  return ownsField(fieldsV1, replicasKeys);
}
