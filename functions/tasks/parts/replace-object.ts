import { ClusterUnavailableError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange, Replacement } from '#domain/plan.ts';
import { replacementHold } from '#domain/replacement.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';

interface Replacing {
  readonly cluster: Cluster;
  readonly clock: Clock;
  saveReplaced(object: LiveObject): Promise<void>;
}

// A StatefulSet that leaves its pods behind is held by the garbage collector for a moment.
const goneMilliseconds = 30_000;

/**
 * Deletes the object that the plan saw, kept beforehand, and waits until it is gone: the first half of a replacement
 * (KUBERNETES.md I2, I3). Whatever else stands there, or nothing, is what a run before this one left: nothing is done.
 */
export async function removeReplaced(
  replacing: Replacing,
  object: KubernetesObject,
  { uid }: ObjectChange,
  { how }: Replacement,
): Promise<void> {
  const { cluster, clock } = replacing;
  const address = addressOf(object);
  const live = await cluster.read(address);
  if (live === undefined || uid === undefined || live.metadata.uid !== uid) return;
  const hold = replacementHold(object, live);
  if (hold !== undefined) {
    throw new ClusterUnavailableError(`${identityText(identityOf(object))}: is not replaced now: ${hold}`, {
      object: identityText(identityOf(object)),
    });
  }
  if (live.metadata.deletionTimestamp === undefined) await replacing.saveReplaced(live);
  await cluster.remove(address, uid, how === 'orphan-recreate' ? 'Orphan' : undefined);
  await waitUntilGone(replacing, object, uid, clock.now() + goneMilliseconds);
}

const pollMilliseconds = 250;

/** Waits until the object of that uid is gone, at the latest until `deadline`; throws ClusterUnavailableError then. */
export async function waitUntilGone(
  { cluster, clock }: Pick<Replacing, 'cluster' | 'clock'>,
  object: KubernetesObject,
  uid: string | undefined,
  deadline: number,
): Promise<void> {
  for (;;) {
    const live = await cluster.read(addressOf(object));
    if (live === undefined || live.metadata.uid !== uid) return;
    if (clock.now() >= deadline) {
      const finalizers = live.metadata.finalizers ?? [];
      throw new ClusterUnavailableError(
        `${identityText(identityOf(object))}: is being deleted and does not end; its finalizers are ${finalizers.join(', ') || 'none'}`,
        { finalizers },
      );
    }
    await clock.sleep(pollMilliseconds);
  }
}
