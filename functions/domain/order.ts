import { kindRuleOf } from '#domain/kinds.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';

/** By wave, then group, kind, namespace and name. */
export function compareIdentities(a: ObjectIdentity, b: ObjectIdentity): number {
  return kindRuleOf(a).wave - kindRuleOf(b).wave || compareWithinWave(a, b);
}

function compareWithinWave(a: ObjectIdentity, b: ObjectIdentity): number {
  return (
    compareText(a.group, b.group) ||
    compareText(a.kind, b.kind) ||
    compareText(a.namespace ?? '', b.namespace ?? '') ||
    compareText(a.name, b.name)
  );
}

// By code units, not by locale: the order is part of a digest and must not depend on the machine.
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

/**
 * Orders for deletion: the reverse of applying, so that workloads go before what they mount; custom resources go first,
 * while the controller that holds their finalizers and their definition are still there (O5).
 */
export function comparePruneOrder(a: ObjectIdentity, b: ObjectIdentity): number {
  return Number(isServedByOthers(b)) - Number(isServedByOthers(a)) || compareIdentities(b, a);
}

/** True for what only somebody's controller can bring to an end. */
export function isServedByOthers(identity: ObjectIdentity): boolean {
  return kindRuleOf(identity).isCustom;
}

/**
 * Items by wave, then group, kind, namespace and name: the same plan whatever order objects came in (KUBERNETES.md §3).
 * Identities and waves are worked out once.
 */
export function inCanonicalOrder<Item>(
  items: readonly Item[],
  identityOf: (item: Item) => ObjectIdentity,
): readonly Item[] {
  const known = items.map((item) => {
    const identity = identityOf(item);
    return { item, identity, wave: kindRuleOf(identity).wave };
  });
  return known
    .sort((a, b) => a.wave - b.wave || compareWithinWave(a.identity, b.identity))
    .map(({ item }) => item);
}
