import type { Clock } from '#ports/clock.ts';
import type { Cluster, WritePermit } from '#ports/cluster.ts';
import type { FenceHold } from './hold-fence.ts';

// How old a check may be for a write to be sent on it. Whoever was stopped in between finds it older, by the wall clock.
const trustedMilliseconds = 1_000;
// And how old for one to be begun, which leaves the time that it takes to be sent.
const fresherMilliseconds = 250;

/**
 * The cluster with the fence checked before every write that no recent check stands before, and again when it is sent: a
 * run that slept and was overtaken gets through what it had in flight, and nothing after it (DESIGN §4).
 */
export function fencedCluster(cluster: Cluster, clock: Clock, hold: FenceHold): Cluster {
  const permit = fencePermit(clock, hold);
  cluster.permitWrites(permit);
  return {
    ...cluster,
    async apply(...call) {
      if (call[1] === 'write') await permit.ensure();
      return cluster.apply(...call);
    },
    async replaceOwnership(...call) {
      await permit.ensure();
      return cluster.replaceOwnership(...call);
    },
    async remove(...call) {
      await permit.ensure();
      return cluster.remove(...call);
    },
  };
}

function fencePermit(clock: Clock, hold: FenceHold): WritePermit {
  let checking: Promise<void> | undefined;
  // Until the fence is claimed nothing is written but the namespace that it will be kept in.
  const isYounger = (milliseconds: number): boolean => {
    const checkedAt = hold.checkedAt();
    return checkedAt === undefined || clock.now() - checkedAt <= milliseconds;
  };
  return {
    isFresh: () => isYounger(trustedMilliseconds),
    async ensure() {
      if (isYounger(fresherMilliseconds)) return;
      // Writes that wait at the same time share one check.
      checking ??= hold.check().finally(() => {
        checking = undefined;
      });
      await checking;
    },
  };
}
