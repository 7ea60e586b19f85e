import { ProgressDeadlineExceededError } from '#domain/errors.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import type { IntentOwner } from '#domain/intent.ts';
import { identityText } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';
import { judgePrune } from '#domain/prune.ts';
import { holdingBack } from '#domain/stuck-deletion.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import { changeAddress } from './change-address.ts';
import { inParallel } from './in-parallel.ts';
import { intentOwner } from './intent-owner.ts';

export interface PruneObservation {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly policy: Pick<EnvironmentPolicy, 'deadlineSeconds' | 'namespace'>;
  readonly plan: Plan;
  readonly until: Instant;
  readonly appliedAt: Instant;
}

type PruneProgress = {
  readonly next: 'observe' | 'verify';
  readonly readyObjects: number;
  readonly totalObjects: number;
};

const pollMilliseconds = 500;

/** Waits until what was deleted is gone (KUBERNETES.md P8); one that was recreated by somebody else counts as gone. */
export async function observePruned(observation: PruneObservation): Promise<PruneProgress> {
  const { cluster, clock, policy, plan, until, appliedAt } = observation;
  const owner = intentOwner(plan, policy);
  const pruned = plan.changes.filter(({ action }) => action === 'pruned');
  for (;;) {
    const left = (await inParallel(pruned, (change) => stillThere(cluster, change, owner))).flatMap(
      (text) => text ?? [],
    );
    const progress = { readyObjects: pruned.length - left.length, totalObjects: pruned.length };
    if (left.length === 0) return { next: 'verify', ...progress };
    const now = clock.now();
    if (now >= secondsAfter(appliedAt, policy.deadlineSeconds)) {
      throw new ProgressDeadlineExceededError(
        `pruning: not done within ${policy.deadlineSeconds} s; waited for ${left.join('; ')}`,
        {
          waitingFor: left,
        },
      );
    }
    if (now >= until) return { next: 'observe', ...progress };
    await clock.sleep(pollMilliseconds);
  }
}

/** What it waits for while the object is there; one that a guard keeps, or that is another one by now, is nothing to wait for. */
async function stillThere(
  cluster: Cluster,
  change: ObjectChange,
  owner: IntentOwner,
): Promise<string | undefined> {
  const live = await cluster.read(changeAddress(change));
  if (live === undefined || live.metadata.uid !== change.uid) return undefined;
  const subject = identityText(change.identity);
  if (live.metadata.deletionTimestamp === undefined) {
    const isKept = judgePrune(change, live, owner).kind === 'keep';
    return isKept ? undefined : `${subject} (not being deleted)`;
  }
  const held = holdingBack(live);
  return `${subject}${held.length === 0 ? '' : ` (${held.join('; ')})`}`;
}
