import { canonicalDigest } from '#domain/canonical-json.ts';
import { fieldChanges } from '#domain/field-changes.ts';
import { fieldKeys, type ManagedFieldsEntry, touchesField } from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { appliedFields, fieldManager, fieldsOf, managedFieldsOf } from '#domain/managed-fields.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { inCanonicalOrder } from '#domain/order.ts';
import { migratedEntries } from '#domain/ownership-migration.ts';
import type { ChangeAction, FieldChange, ObjectChange } from '#domain/plan.ts';
import { type Redactor, redactChanges } from '#domain/redaction.ts';

/** The change that creating `intent` would be: its own fields, because the cluster's defaults are not ours to approve. */
export function creationOf(intent: KubernetesObject, redact: Redactor): ObjectChange {
  return {
    identity: identityOf(intent),
    apiVersion: intent.apiVersion,
    action: 'created',
    fields: redactChanges(intent.kind, fieldChanges(undefined, intent), redact),
  };
}

/** The change from the live object to what the cluster says it would become (KUBERNETES.md D1). */
export function configurationOf(live: LiveObject, result: LiveObject, redact: Redactor): ObjectChange {
  const fields = redactChanges(live.kind, fieldChanges(live, result), redact);
  return {
    identity: identityOf(live),
    apiVersion: live.apiVersion,
    ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
    action: fields.length === 0 ? 'unchanged' : 'configured',
    fields,
  };
}

/**
 * The change to what an object declares, where the cluster cannot be asked what would become of it (KUBERNETES.md D2):
 * the declared fields alone, because what it leaves out keeps its value.
 */
export function declaredOf(live: LiveObject, intent: KubernetesObject, redact: Redactor): ObjectChange {
  const differing = fieldChanges(live, intent).filter((change) => 'to' in change);
  const { apiVersion, metadata } = live;
  return {
    identity: identityOf(live),
    apiVersion,
    ...(metadata.uid === undefined ? {} : { uid: metadata.uid }),
    action: differing.length === 0 ? 'unchanged' : 'configured',
    fields: redactChanges(live.kind, differing, redact),
  };
}

/**
 * A change without what a webhook writes into the object at every write (KUBERNETES.md D3): a field that no apply of ours
 * declares, and that had another value or is a label or an annotation. Where nothing of ours changes, nothing does: what
 * a new webhook or a newer server would add by the way is no reason to write.
 */
export function ownChanges(change: ObjectChange, live: LiveObject, result: LiveObject): ObjectChange {
  const declared = appliedFields(result);
  if (declared === undefined || change.action !== 'configured') return change;
  // Migration makes legacy managers' fields ours, and takes them away as such.
  const before = fieldsOf(migratedEntries(live)?.slice(0, 1) ?? managedFieldsOf(live).filter(isApplied));
  const isOurs = ({ path }: FieldChange): boolean =>
    touchesField(declared, fieldKeys(result, path, declared)) ||
    touchesField(before, fieldKeys(live, path, before));
  if (!change.fields.some(isOurs)) return { ...change, action: 'unchanged', fields: [] };
  const isInjected = (field: FieldChange): boolean =>
    'from' in field || /^\/metadata\/(labels|annotations)\//.test(field.path);
  return { ...change, fields: change.fields.filter((field) => isOurs(field) || !isInjected(field)) };
}

const isApplied = ({ manager, operation }: ManagedFieldsEntry): boolean =>
  manager === fieldManager && operation === 'Apply';

/** Changes in canonical order: every digest and every page lists them alike. */
export function canonicalChanges(changes: readonly ObjectChange[]): readonly ObjectChange[] {
  return inCanonicalOrder(changes, ({ identity }) => identity);
}

/** The digest that an approval binds to: identity, uid, action, replacement and fields of every change (KUBERNETES.md D5). */
export function changeSetDigest(changes: readonly ObjectChange[]): string {
  return canonicalDigest(
    canonicalChanges(changes).map(({ identity, uid, action, fields, apply }) => ({
      identity,
      uid,
      action,
      replaced: apply?.replacement?.how,
      fields: fields.toSorted((a, b) => (a.path < b.path ? -1 : 1)),
    })),
  );
}

/** How many objects each action takes. */
export function countActions(changes: readonly ObjectChange[]): Readonly<Record<ChangeAction, number>> {
  const counts: Record<ChangeAction, number> = { created: 0, configured: 0, unchanged: 0, pruned: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}

/** Objects that would be created, configured or pruned. */
export function changedObjects(changes: readonly ObjectChange[]): number {
  return changes.filter(({ action }) => action !== 'unchanged').length;
}

const longestList = 20;

/** One line for each way in which two change sets differ, the first twenty. */
export function differences(
  planned: readonly ObjectChange[],
  now: readonly ObjectChange[],
): readonly string[] {
  const plannedByText = byText(planned);
  const nowByText = byText(now);
  const lines = [...new Set([...plannedByText.keys(), ...nowByText.keys()])].sort().flatMap((text) => {
    const before = plannedByText.get(text);
    const after = nowByText.get(text);
    if (before?.action !== after?.action) {
      return [
        `${text}: was to be ${before?.action ?? 'left alone'}, would now be ${after?.action ?? 'left alone'}`,
      ];
    }
    if (before?.uid !== after?.uid) return [`${text}: was replaced by another object of that name`];
    return fieldDifferences(before?.fields ?? [], after?.fields ?? []).map((line) => `${text}: ${line}`);
  });
  return lines.length <= longestList
    ? lines
    : [...lines.slice(0, longestList), `and ${lines.length - longestList} more`];
}

function byText(changes: readonly ObjectChange[]): ReadonlyMap<string, ObjectChange> {
  return new Map(changes.map((change) => [identityText(change.identity), change]));
}

function fieldDifferences(planned: readonly FieldChange[], now: readonly FieldChange[]): readonly string[] {
  const plannedByPath = new Map(planned.map((change) => [change.path, change]));
  const nowByPath = new Map(now.map((change) => [change.path, change]));
  return [...new Set([...plannedByPath.keys(), ...nowByPath.keys()])].sort().flatMap((path) => {
    const before = plannedByPath.get(path);
    const after = nowByPath.get(path);
    if (canonicalDigest(before ?? null) === canonicalDigest(after ?? null)) return [];
    return [`${path} was to go ${arrow(before)}, would now go ${arrow(after)}`];
  });
}

function arrow(change: FieldChange | undefined): string {
  if (change === undefined) return 'unchanged';
  return `${JSON.stringify(change.from) ?? 'absent'} → ${JSON.stringify(change.to) ?? 'absent'}`;
}
