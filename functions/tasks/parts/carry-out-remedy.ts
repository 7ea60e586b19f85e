import type { Remedy } from '#domain/remedy.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { FenceHold } from './hold-fence.ts';

/**
 * Deletes the pod that a remedy is about, if it is still the one that was judged (uid) and this run still holds the
 * target: a controller of the cluster makes another one. Safe to repeat.
 */
export async function carryOutRemedy(
  cluster: Cluster,
  fence: FenceHold,
  { pod: { namespace, name, uid } }: Remedy,
): Promise<void> {
  await fence.check();
  await cluster.remove({ apiVersion: 'v1', group: '', kind: 'Pod', namespace, name }, uid);
}
