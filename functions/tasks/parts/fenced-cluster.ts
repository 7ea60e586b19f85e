import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { FenceHold } from './hold-fence.ts';

// How old a check may be for a write to rely on it. Whoever was stopped in between finds it older, by the wall clock.
const trustedMilliseconds = 250;

/**
 * The cluster with the fence checked before every write that no recent check stands before: a run that slept and was
 * overtaken gets through what it has in flight, and nothing after it (DESIGN §4).
 */
export function fencedCluster(cluster: Cluster, clock: Clock, hold: FenceHold): Cluster {
  let checking: Promise<void> | undefined;
  async function requireHold(): Promise<void> {
    const checkedAt = hold.checkedAt();
    if (checkedAt !== undefined && clock.now() - checkedAt <= trustedMilliseconds) return;
    // Writes that wait at the same time share one check.
    checking ??= hold.check().finally(() => {
      checking = undefined;
    });
    await checking;
  }
  return {
    ...cluster,
    async apply(...call) {
      if (call[1] === 'write') await requireHold();
      return cluster.apply(...call);
    },
    async remove(...call) {
      await requireHold();
      return cluster.remove(...call);
    },
  };
}
