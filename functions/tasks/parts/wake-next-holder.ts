import type { Instant } from '#domain/instant.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { AcquireResult, TargetGrant, TargetId } from '#domain/target.ts';
import { supersededOnTarget } from '#domain/target-order.ts';
import type { Clock } from '#ports/clock.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import type { TaskTokens } from '#ports/task-tokens.ts';

export interface WakePorts {
  readonly targets: TargetLedger;
  readonly promotions: PromotionLedger;
  readonly tokens: TaskTokens;
  readonly clock: Clock;
}

/** A grant holds this long, seconds, until the first step renews it: a start of functions and a few retries. */
export const firstLeaseSeconds = 300;

/** What a granted promotion is told; undefined when it has ended meanwhile and nobody listens. */
async function answerTo(
  { promotions }: WakePorts,
  { promotion, fence }: TargetGrant,
): Promise<AcquireResult | undefined> {
  const recorded = await promotions.promotion(promotion);
  if (recorded?.outcome !== undefined) return undefined;
  const state = await promotions.targetState(promotion.application, promotion.environment);
  const supersededBy = supersededOnTarget(recorded ?? promotion, state);
  return supersededBy === undefined
    ? { acquired: true, fence }
    : { acquired: false, outcome: 'superseded', supersededBy };
}

/** Grants the target to whoever is next and wakes that one; passes over those that are superseded or have ended. */
export async function wakeNextHolder(ports: WakePorts, target: TargetId): Promise<void> {
  const { targets, promotions, tokens, clock } = ports;
  const until = (now: Instant) => secondsAfter(now, firstLeaseSeconds);
  for (;;) {
    const now = clock.now();
    const grant = await targets.grantNext(target, now, until(now));
    if (grant === undefined) return;
    const answer = await answerTo(ports, grant);
    // Reserved: held in its name until it asks, at most as long as the lease.
    if (answer?.acquired && grant.taskToken === undefined) return;
    if (answer?.acquired) await promotions.note(grant.promotion, { stage: 'deploying', fence: grant.fence });
    // What was reserved has used up some of the lease by now.
    if (answer?.acquired && grant.promotion.kind === 'rollback')
      await targets.renew(target, grant.fence, until(now));
    if (answer !== undefined && grant.taskToken !== undefined) await tokens.succeed(grant.taskToken, answer);
    // A token that is gone was answered before by a run that died here, or its state is being retried and queues again.
    if (answer?.acquired) return targets.markDelivered(target, grant.fence);
    await targets.release(target, grant.promotion);
  }
}
