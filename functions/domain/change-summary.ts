import { identityText, type ObjectIdentity } from '#domain/manifest.ts';
import type { ChangeAction, FieldChange, ObjectChange } from '#domain/plan.ts';

/** One container image that would change. */
export interface ImageChange {
  readonly object: string;
  /** Absent when there was none. */
  readonly from?: string;
  /** Absent when it goes away. */
  readonly to?: string;
}

/** The keys of one ConfigMap or Secret that would change; never their values. */
export interface ConfigurationChange {
  readonly object: string;
  readonly keys: readonly string[];
}

/** What a plan amounts to, as people decide on it. */
export interface ChangeSummary {
  readonly counts: Readonly<Record<ChangeAction, number>>;
  /** Deletions first, then created, then configured; what stays as it is left out. */
  readonly changes: readonly ObjectChange[];
  readonly images: readonly ImageChange[];
  readonly configuration: readonly ConfigurationChange[];
}

/** The order in which people read changes: what takes away comes first. */
const readingOrder: readonly ChangeAction[] = ['pruned', 'created', 'configured'];

/** What a person calls each action. */
export const actionText: Readonly<Record<ChangeAction, string>> = {
  pruned: 'delete',
  created: 'create',
  configured: 'change',
  unchanged: 'keep',
};

const imagePath = /\/(?:containers|initContainers|ephemeralContainers)\/[^/]+\/image$/;
const configurationPath = /^\/(?:data|binaryData|stringData)\/([^/]+)$/;
const configurationKinds = new Set(['ConfigMap', 'Secret']);

const isConfiguration = ({ group, kind }: ObjectIdentity): boolean =>
  group === '' && configurationKinds.has(kind);

/** Counts of objects by action. */
export function changeCounts(changes: readonly ObjectChange[]): Readonly<Record<ChangeAction, number>> {
  const counts = { pruned: 0, created: 0, configured: 0, unchanged: 0 };
  for (const { action } of changes) counts[action] += 1;
  return counts;
}

function imageOf(object: string, { from, to }: FieldChange): ImageChange {
  return {
    object,
    ...(typeof from === 'string' && { from }),
    ...(typeof to === 'string' && { to }),
  };
}

function configurationOf({ identity, fields }: ObjectChange): readonly ConfigurationChange[] {
  if (!isConfiguration(identity)) return [];
  const keys = fields.map(({ path }) => configurationPath.exec(path)?.[1]).filter((key) => key !== undefined);
  return keys.length === 0 ? [] : [{ object: identityText(identity), keys }];
}

/** Sorts a plan's changes for people. */
export function summarise(all: readonly ObjectChange[]): ChangeSummary {
  const changes = readingOrder.flatMap((action) => all.filter((change) => change.action === action));
  const images = changes.flatMap(({ identity, fields }) =>
    fields.filter(({ path }) => imagePath.test(path)).map((field) => imageOf(identityText(identity), field)),
  );
  return {
    counts: changeCounts(all),
    changes,
    images,
    configuration: changes.filter(({ action }) => action !== 'pruned').flatMap(configurationOf),
  };
}

/** `2 deleted, 1 created, 3 changed, 4 unchanged`; what is zero is left out. */
export function countsText(counts: Readonly<Record<ChangeAction, number>>): string {
  const words = [
    [counts.pruned, 'deleted'],
    [counts.created, 'created'],
    [counts.configured, 'changed'],
    [counts.unchanged, 'unchanged'],
  ] as const;
  const parts = words.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** True when a field's values must not be shown: marked so, or data of a Secret whoever marked it. */
export function isSecretField({ kind }: ObjectIdentity, { path, redacted }: FieldChange): boolean {
  return (
    redacted === true ||
    (kind === 'Secret' && !/^\/(apiVersion|kind|type|immutable|metadata\/(name|namespace|labels))/.test(path))
  );
}
