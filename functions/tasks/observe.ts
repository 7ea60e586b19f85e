import type { ReleaseContent } from '#domain/content.ts';
import { deadlineExceeded, rolloutFailed } from '#domain/diagnosis.ts';
import type { Instant } from '#domain/instant.ts';
import { secondsAfter } from '#domain/instant.ts';
import { intentOf } from '#domain/intent.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { RolloutDecision } from '#domain/rollout.ts';
import { planStages } from '#domain/rollout-steps.ts';
import { type StageWaits, stageWaits } from '#domain/stage-waits.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { carryOutRemedy } from './parts/carry-out-remedy.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { type FenceHold, holdFence } from './parts/hold-fence.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { observePruned } from './parts/observe-pruned.ts';
import { promotionFields } from './parts/plan-documents.ts';
import { createProgressNotes } from './parts/progress-notes.ts';
import { watchRollout } from './parts/watch-rollout.ts';

export interface ObserveInput extends PromotionInput {
  readonly mode: 'forward' | 'rollback';
  readonly step: number;
  readonly fence: number;
  readonly plan: PlanReference;
  /** As Advance answered it. */
  readonly appliedAt: Instant;
}

export type ObserveResult = {
  readonly readyObjects: number;
  readonly totalObjects: number;
} & (
  | { readonly next: 'advance'; readonly step: number }
  /** Nothing decided yet: look again. */
  | { readonly next: 'observe' }
  | { readonly next: 'verify' }
);

export interface ObservePorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

export interface ObserveSettings {
  /** How long one call watches before it answers that nothing is decided. */
  readonly watchSeconds?: number;
}

/**
 * Watches what the next step waits for, in the end everything, until it is healthy and stays so, at the longest `watchSeconds`. Throws RolloutFailedError
 * as soon as they cannot become healthy, and ProgressDeadlineExceededError at the policy's deadline, both with the cause.
 */
export function observe(ports: ObservePorts, { watchSeconds = 50 }: ObserveSettings = {}) {
  return async (input: ObserveInput): Promise<ObserveResult> => {
    const { targets, documents, clock } = ports;
    const { application, environment, fence } = input;
    const { policy, cluster } = await findDeploymentTarget(ports, input);
    const until = secondsAfter(clock.now(), watchSeconds);
    await targets.renew({ application, environment }, fence, secondsAfter(clock.now(), deployLeaseSeconds));
    const hold = holdFence({ cluster, clock, policy, promotion: input, fence });
    await hold.renew();
    const plan = await documents.get<Plan>(input.plan.document);
    const content = await documents.get<ReleaseContent>(plan.content);
    const intents = intentOf(content.objects, intentOwner(input, policy));
    const stages = planStages(plan, intents);
    if (input.step >= stages.length)
      return observePruned({ cluster, clock, policy, plan, until, appliedAt: input.appliedAt });
    const waits = stageWaits(intents, stages, input.step);
    const decision = await watchStage(ports, { input, policy, cluster, hold, waits, plan, until });
    const { readyObjects, totalObjects } = decision;
    if (decision.kind !== 'stable') return { next: 'observe', readyObjects, totalObjects };
    const next = input.step + 1;
    const goesOn = next < stages.length || plan.changes.some(({ action }) => action === 'pruned');
    return goesOn
      ? { next: 'advance', step: next, readyObjects, totalObjects }
      : { next: 'verify', readyObjects, totalObjects };
  };
}

interface Watched {
  readonly input: ObserveInput;
  readonly policy: EnvironmentPolicy;
  readonly cluster: Cluster;
  readonly hold: FenceHold;
  readonly waits: StageWaits;
  readonly plan: Plan;
  readonly until: Instant;
}

async function watchStage(ports: ObservePorts, watched: Watched): Promise<RolloutDecision> {
  const { clock, promotions } = ports;
  const { input, policy, cluster, hold, waits, plan, until } = watched;
  const promotion = promotionFields(input);
  const notes = createProgressNotes(promotions, promotion);
  // The window goes on where the call before left it (E15), and what it did about pods stays done.
  const { stableAt, remedied } = (await promotions.promotion(promotion))?.progress ?? {};
  const { decision, diagnosis } = await watchRollout({
    cluster,
    clock,
    // The window is for what a release ends with: a stage goes on as soon as it can.
    policy: waits.isLast ? policy : { ...policy, stabilityWindowSeconds: 0 },
    objects: waits.applied,
    awaited: waits.awaited,
    appliedAt: input.appliedAt,
    until,
    // Beside nothing everything is new, which explains nothing.
    changes: plan.replacesRelease === undefined ? [] : plan.changes,
    ...(stableAt === undefined ? {} : { stableAt }),
    ...(remedied === undefined ? {} : { remedied }),
    note: (look) => notes.note(look),
    carryOut: (remedy) => carryOutRemedy(cluster, hold, remedy),
  });
  if (decision.kind === 'failed' && diagnosis !== undefined) throw rolloutFailed(diagnosis);
  if (decision.kind === 'deadline')
    throw deadlineExceeded(decision.deadlineSeconds, decision.waitingFor, diagnosis);
  return decision;
}
