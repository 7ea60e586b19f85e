import type { ObjectChange } from '#domain/plan.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { changeAddress } from './change-address.ts';
import { inParallel } from './in-parallel.ts';

const pollMilliseconds = 250;

/**
 * Waits until pruned objects are gone, at the longest for `seconds`: what does not end by then is waited for, and named,
 * where all of the pruning is observed.
 */
export async function awaitGone(
  cluster: Cluster,
  clock: Clock,
  pruned: readonly ObjectChange[],
  seconds: number,
): Promise<void> {
  const deadline = clock.now() + seconds * 1000;
  let left = pruned;
  for (;;) {
    const found = await inParallel(left, async (change) => {
      const live = await cluster.read(changeAddress(change));
      // One that a guard kept is not being deleted: there is nothing to wait for.
      return live?.metadata.uid === change.uid && live?.metadata.deletionTimestamp !== undefined;
    });
    left = left.filter((_, index) => found[index]);
    if (left.length === 0 || clock.now() >= deadline) return;
    await clock.sleep(pollMilliseconds);
  }
}
