import { ConfigurationError } from '#domain/errors.ts';
import type { Remedy } from '#domain/remedy.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { FenceHold } from './hold-fence.ts';

/**
 * Deletes the pod that a remedy is about, if it is still the one that was judged (uid) and this run still holds the
 * target: a controller of the cluster makes another one. Answers the remedy as it went: a right that lacks is no failure
 * of the rollout, which goes on without. Safe to repeat.
 */
export async function carryOutRemedy(cluster: Cluster, fence: FenceHold, remedy: Remedy): Promise<Remedy> {
  const { namespace, name, uid } = remedy.pod;
  await fence.check();
  try {
    await cluster.remove({ apiVersion: 'v1', group: '', kind: 'Pod', namespace, name }, uid);
    return remedy;
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    return { ...remedy, refusal: error.message };
  }
}
