import type { HealthContext } from '#domain/health-verdict.ts';
import { conditionOf } from '#domain/live-object.ts';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';
import type { Remedy } from '#domain/remedy.ts';
import type { Pod } from '#domain/workload.ts';

// Fewer good ones elsewhere are no proof that the pods themselves are good.
const healthyElsewhere = 2;

/**
 * The one bad pod of many whose node may be at fault, to be deleted once (KUBERNETES.md E16); undefined where the pods
 * are at fault, or where that was tried already.
 */
export function suspectNode(
  object: ObjectIdentity,
  affected: ReadonlySet<string>,
  pods: readonly Pod[],
  { remedied = [] }: HealthContext,
): Remedy | undefined {
  const bad = pods.filter(({ metadata }) => affected.has(metadata.name));
  const [only] = bad;
  const node = only?.spec.nodeName;
  if (only === undefined || bad.length > 1 || node === undefined || only.metadata.uid === undefined)
    return undefined;
  const good = pods.filter((pod) => pod !== only && conditionOf(pod.status, 'Ready')?.status === 'True');
  if (good.length < healthyElsewhere || good.some(({ spec }) => spec.nodeName === node)) return undefined;
  const tried = remedied.some(
    (remedy) => remedy.kind === 'node-suspect' && identityText(remedy.object) === identityText(object),
  );
  if (tried) return undefined;
  const { namespace = 'default', name, uid } = only.metadata;
  return {
    kind: 'node-suspect',
    object,
    pod: { namespace, name, uid },
    reason: `it alone is bad, on node '${node}'; ${good.length} others are ready elsewhere`,
  };
}
