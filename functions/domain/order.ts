import { kindRuleOf } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';

/** Orders by wave, then group, kind, namespace and name: the same plan whatever order objects came in (KUBERNETES.md §3). */
export function compareIdentities(a: ObjectIdentity, b: ObjectIdentity): number {
  return (
    kindRuleOf(a).wave - kindRuleOf(b).wave ||
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

/** Objects in apply order, one list per wave that has any. */
export function inWaves(objects: readonly KubernetesObject[]): readonly (readonly KubernetesObject[])[] {
  const sorted = objects.toSorted((a, b) => compareIdentities(identityOf(a), identityOf(b)));
  const waves = Map.groupBy(sorted, (object) => kindRuleOf(identityOf(object)).wave);
  return [...waves.values()];
}

/** Orders for deletion: the reverse of applying, so that workloads go before what they mount (O5). */
export function comparePruneOrder(a: ObjectIdentity, b: ObjectIdentity): number {
  return compareIdentities(b, a);
}
