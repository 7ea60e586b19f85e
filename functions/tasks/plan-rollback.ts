import { changedObjects, changeSetDigest } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { RequestInvalidError } from '#domain/errors.ts';
import { failureOf, type StateError } from '#domain/failure.ts';
import { intentOf } from '#domain/intent.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import {
  type PlanReference,
  type Promotion,
  type PromotionInput,
  promotionExecutionName,
} from '#domain/promotion.ts';
import { stagesOf } from '#domain/stages.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { planKey, promotionFields } from './parts/plan-documents.ts';
import { createdBy } from './parts/prune-candidates.ts';
import { surveyUndoing } from './parts/survey-undoing.ts';

export interface PlanRollbackInput extends PromotionInput {
  readonly error: StateError;
}

export type PlanRollbackResult =
  | { readonly possible: true; readonly plan: PlanReference }
  | ({ readonly possible: false } & Impossible);

interface Impossible {
  readonly outcome: PromotionOutcome;
  readonly reason: string;
  /** With `superseded`: the newer release that is on the target or holds it. */
  readonly supersededBy?: number;
}

export interface PlanRollbackPorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

/**
 * Finds out how a failed rollout is undone: what the last good release put there is applied again, and what the failed one
 * created is pruned, what it did to others' objects is taken back (KUBERNETES.md R1–R3). Not possible where nothing was written, where another promotion holds the
 * target by now, and where there was no good release before (R8).
 */
export function planRollback(ports: PlanRollbackPorts) {
  return async (input: PlanRollbackInput): Promise<PlanRollbackResult> => {
    const { promotions } = ports;
    const promotion = await promotions.promotion(input);
    if (promotion === undefined) {
      throw new RequestInvalidError(`promotion '${promotionExecutionName(input)}': is not known`, {
        promotion: promotionExecutionName(input),
      });
    }
    const state = await promotions.targetState(input.application, input.environment);
    const impossible = await whyImpossible(ports, input, promotion, state);
    if (impossible !== undefined) {
      await promotions.note(promotion, { failure: failureOf(input.error) });
      return { possible: false, ...impossible };
    }
    return { possible: true, plan: await makePlan(ports, input, promotion, state as TargetState) };
  };
}

async function whyImpossible(
  { targets }: PlanRollbackPorts,
  { application, environment, release, error }: PlanRollbackInput,
  promotion: Promotion,
  state: TargetState | undefined,
): Promise<Impossible | undefined> {
  if (promotion.firstWriteAt === undefined) {
    return { outcome: 'failed-nothing-applied', reason: 'nothing was written to the cluster' };
  }
  const holder = await targets.holder({ application, environment });
  const isHeld = holder !== undefined && holder.release === release && holder.attempt === promotion.attempt;
  if (error.name === 'FenceLostError' || !isHeld) {
    // Whoever holds the target now puts it right; to write here would be to write over them.
    const newer = Math.max(holder?.release ?? 0, state?.release ?? 0);
    const reason =
      holder === undefined || isHeld
        ? 'the target is no longer held by this promotion'
        : `the target is held by '${promotionExecutionName({ ...holder, application, environment })}'`;
    return newer > release
      ? { outcome: 'superseded', reason, supersededBy: newer }
      : { outcome: 'failed-not-rolled-back', reason };
  }
  if (state === undefined) {
    return {
      outcome: 'failed-not-rolled-back',
      reason: 'there is no earlier good release; its objects are left for diagnosis',
    };
  }
  return undefined;
}

async function makePlan(
  ports: PlanRollbackPorts,
  input: PlanRollbackInput,
  failed: Promotion,
  state: TargetState,
): Promise<PlanReference> {
  const { promotions, documents, clock } = ports;
  const promotion = promotionFields(input);
  const { application, environment } = promotion;
  const { cluster, policy } = await findDeploymentTarget(ports, promotion);
  const inventory = await documents.get<Inventory>(state.inventory);
  const undoes = failed.plan?.document;
  const [content, undone] = await Promise.all([
    documents.get<ReleaseContent>(inventory.content),
    undoes && failedChanges(documents, undoes),
  ]);
  const owner = { application, environment };
  const candidates = undone === undefined ? [] : createdBy(undone.plan);
  const { changes, notes, retained } = await surveyUndoing({
    cluster,
    documents,
    content,
    owner,
    policy,
    candidates,
    failed: undone,
  });
  const plan: Plan = {
    ...promotion,
    replacesRelease: promotion.release,
    content: inventory.content,
    changes,
    digest: changeSetDigest(changes),
    stages: stagesOf(intentOf(content.objects, owner)),
    notes,
    ...(retained && { retained }),
    ...(undoes && { undoes }),
  };
  const document = await documents.put(planKey(promotion, 'rollback'), plan);
  const reference: PlanReference = { document, digest: plan.digest, changes: changedObjects(changes) };
  await promotions.note(promotion, {
    stage: 'rolling-back',
    failure: failureOf(input.error),
    rollbackPlan: reference,
    rollbackToRelease: state.release,
    progress: {
      readyObjects: 0,
      totalObjects: content.objects.length,
      waitingFor: [],
      observedAt: clock.now(),
    },
  });
  return reference;
}
