import { changedObjects, changeSetDigest } from '#domain/change-set.ts';
import { RequestInvalidError } from '#domain/errors.ts';
import { failureOf, type StateError } from '#domain/failure.ts';
import { intentOf } from '#domain/intent.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Plan } from '#domain/plan.ts';
import {
  type PlanReference,
  type Promotion,
  type PromotionInput,
  promotionExecutionName,
} from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import { stagesOf } from '#domain/stages.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { type FailedChanges, failedChanges } from './parts/failed-changes.ts';
import { whyForwardOnly } from './parts/forward-only.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { keptMembers } from './parts/kept-members.ts';
import { type LabelledMember, labelledMembers } from './parts/labelled-members.ts';
import { planKey, promotionFields } from './parts/plan-documents.ts';
import type { PruneCandidate } from './parts/prune-candidate.ts';
import { createdBy, distinct } from './parts/prune-candidates.ts';
import { lastGoodContent, noContent, type RollbackContent } from './parts/rollback-content.ts';
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
 * created is pruned, what it did to others' objects is taken back (KUBERNETES.md R1–R3). Not possible where nothing was
 * written, where another promotion holds the target by now, where the release declares that it goes forward only (R6),
 * and where there was no good release before, unless the environment has what it made removed (R8).
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
    const lost = await whyNotOurs(ports, input, promotion, state);
    const decided = lost ?? (await decide(ports, input, promotion, state));
    if ('reason' in decided) {
      await promotions.note(promotion, { failure: failureOf(input.error) });
      return { possible: false, ...decided };
    }
    return { possible: true, plan: await makePlan(ports, input, decided) };
  };
}

async function whyNotOurs(
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
  return undefined;
}

/** A rollback that is to be. */
interface Decided extends DeploymentTarget {
  readonly failed: FailedChanges | undefined;
  readonly undoes: DocumentReference | undefined;
  readonly back: RollbackContent;
}

async function decide(
  ports: PlanRollbackPorts,
  input: PlanRollbackInput,
  promotion: Promotion,
  state: TargetState | undefined,
): Promise<Decided | Impossible> {
  const { documents } = ports;
  const target = await findDeploymentTarget(ports, input);
  const undoes = promotion.plan?.document;
  const failed = undoes && (await failedChanges(documents, undoes));
  const reason = failed && (await whyForwardOnly(target.cluster, failed));
  if (reason !== undefined) return { outcome: 'failed-not-rolled-back', reason };
  const fields = promotionFields(input);
  if (state !== undefined) {
    const back = await lastGoodContent(target.cluster, documents, fields, state);
    return { ...target, failed, undoes, back };
  }
  if (failed !== undefined && target.policy.firstFailure === 'remove')
    return { ...target, failed, undoes, back: await noContent(documents, fields, failed) };
  return {
    outcome: 'failed-not-rolled-back',
    reason: 'there is no earlier good release; its objects are left for diagnosis',
  };
}

async function makePlan(
  { promotions, documents, clock }: PlanRollbackPorts,
  input: PlanRollbackInput,
  { policy, cluster, failed, undoes, back }: Decided,
): Promise<PlanReference> {
  const promotion = promotionFields(input);
  const owner = intentOwner(promotion, policy);
  const { content } = back;
  const members = await labelledMembers(cluster, owner, back.known);
  const candidates = failed === undefined ? [] : madeSince(failed.plan, members);
  const { changes, notes, retained } = await surveyUndoing({
    cluster,
    documents,
    content,
    owner,
    policy,
    candidates,
    failed,
  });
  const plan: Plan = {
    ...promotion,
    replacesRelease: promotion.release,
    content: back.reference,
    changes,
    digest: changeSetDigest(changes),
    stages: stagesOf(intentOf(content.objects, owner)),
    kept: keptMembers(members, changes),
    notes: [...back.notes, ...notes],
    ...(retained && { retained }),
    ...(undoes && { undoes }),
  };
  const document = await documents.put(planKey(promotion, 'rollback'), plan);
  const reference: PlanReference = { document, digest: plan.digest, changes: changedObjects(changes) };
  await promotions.note(promotion, {
    stage: 'rolling-back',
    failure: failureOf(input.error),
    rollbackPlan: reference,
    ...(back.release !== undefined && { rollbackToRelease: back.release }),
    progress: {
      readyObjects: 0,
      totalObjects: content.objects.length,
      waitingFor: [],
      observedAt: clock.now(),
    },
  });
  return reference;
}

/**
 * What the failed release, or a run that was overtaken since, put there. What stood there before it, to be pruned or kept
 * by it, stays as it was.
 */
function madeSince(
  { changes, kept = [], ...plan }: Plan,
  members: readonly LabelledMember[],
): readonly PruneCandidate[] {
  const before = [...changes, ...kept].flatMap(({ uid }) => uid ?? []);
  const since = members.filter(({ uid }) => !before.includes(uid));
  return distinct([...since, ...createdBy({ ...plan, changes })]);
}
