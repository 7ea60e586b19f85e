import { changedObjects, changeSetDigest } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { PolicyViolationError, RequestInvalidError } from '#domain/errors.ts';
import { intentOf } from '#domain/intent.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import { rollbackNotes } from '#domain/rollback-rules.ts';
import { stagesOf } from '#domain/stages.ts';
import { webhookWarnings } from '#domain/webhook-warnings.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import { needsApproval } from './parts/approval-need.ts';
import { findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { type FailedChanges, failedChanges } from './parts/failed-changes.ts';
import { findResidue, type ResidueRequest } from './parts/find-residue.ts';
import { whyForwardOnly } from './parts/forward-only.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { type KeptContent, keepDefinitions } from './parts/keep-definitions.ts';
import { keptMembers } from './parts/kept-members.ts';
import { adviseOn } from './parts/plan-advice.ts';
import { contentKey, planKey, promotionFields, savedKey } from './parts/plan-documents.ts';
import { adviceOnPruning } from './parts/prune-advice.ts';
import { pruneCandidates } from './parts/prune-candidates.ts';
import { refuseHeld } from './parts/refuse-held.ts';
import { supersededNow } from './parts/superseded-now.ts';
import { repairedPlan, surveyUndoing } from './parts/survey-undoing.ts';

export interface PlanPromotionInput extends PromotionInput {
  /** From 1; a plan that went stale is made again. */
  readonly round: number;
  /** The promotion's own execution, for whoever follows or stops it. */
  readonly executionArn: string;
}

export type PlanPromotionResult =
  | { readonly outcome: 'planned'; readonly plan: PlanReference; readonly approval: ApprovalNeed }
  | { readonly outcome: 'unchanged'; readonly plan: PlanReference; readonly approval: ApprovalNeed }
  | { readonly outcome: 'superseded'; readonly supersededBy: number };

/** Whether people are asked before anything is changed: nobody is while a plan changes nothing. */
export type ApprovalNeed =
  | { readonly required: false }
  /** `timeoutSeconds` is the state's own deadline, a little after the ledger's. */
  | { readonly required: true; readonly timeoutSeconds: number };

export interface PlanPromotionPorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly documents: DocumentStore;
}

const approvalMarginSeconds = 300;

/** Finds out what a release would change in an environment, and keeps that as the plan that is approved and applied. */
export function planPromotion(ports: PlanPromotionPorts) {
  return async (input: PlanPromotionInput): Promise<PlanPromotionResult> => {
    const { promotions, documents } = ports;
    const { round, executionArn, ...promotion } = input;
    const { application, environment } = promotion;
    await refuseHeld(promotions, promotion);
    const state = await promotions.targetState(application, environment);
    const supersededBy = await supersededNow(promotions, promotion);
    if (supersededBy !== undefined) return { outcome: 'superseded', supersededBy };

    const { release, policy, cluster } = await findDeploymentTarget(ports, promotion);
    const contentReference = release.contents?.[environment];
    if (contentReference === undefined) {
      throw new RequestInvalidError(
        `release ${release.release} of application '${application}': has no content for environment '${environment}'; it was never validated for it`,
        { application, release: release.release, environment },
      );
    }
    const undoes = await repairedPlan(promotions, promotion);
    const owner = intentOwner(promotion, policy);
    const [{ content, ...kept }, { candidates, members, recorded }, failed] = await Promise.all([
      contentFor(ports, cluster, promotion, contentReference),
      pruneCandidates(ports, cluster, owner, state),
      undoes && failedChanges(documents, undoes),
    ]);
    // Before the cluster is asked about anything: an order that cannot be is refused whatever it would say.
    const stages = stagesOf(intentOf(content.objects, owner));
    await refuseToGoBack(cluster, failed);
    const survey = await surveyUndoing({
      cluster,
      documents,
      content,
      owner,
      policy,
      candidates,
      failed,
      keepOriginal: (object) =>
        documents.put(savedKey(promotion, 'original', object.metadata.uid ?? ''), object),
    });
    const pruning = await adviceOnPruning(ports, promotion, { policy, state, content, recorded, survey });
    const webhooks = webhookWarnings(content.objects, survey.changes);
    const stays = keptMembers(members, survey.changes);
    const advice = await adviseOn(
      cluster,
      survey,
      stays.map(({ identity }) => identity),
    );
    const plan: Plan = {
      ...promotionFields(promotion),
      ...(state === undefined ? {} : { replacesRelease: state.release }),
      content: kept.reference,
      changes: survey.changes,
      digest: changeSetDigest(survey.changes),
      stages,
      advice,
      kept: stays,
      notes: [...kept.notes, ...rollbackNotes(content), ...pruning, ...webhooks, ...survey.notes],
      ...(survey.retained && { retained: survey.retained }),
      ...(undoes && { undoes }),
    };
    const document = await documents.put(planKey(promotion, String(round)), plan);
    const reference: PlanReference = { document, digest: plan.digest, changes: changedObjects(plan.changes) };
    await promotions.note(promotion, { stage: 'planning', plan: reference, executionArn });
    // What cannot be taken back is no change, and yet no repair: the rollout goes on to where it is reported.
    const isDone =
      reference.changes === 0 && !(await leavesResidue({ cluster, policy, content, owner, failed }));
    return {
      outcome: isDone ? 'unchanged' : 'planned',
      plan: reference,
      approval: await approvalNeed(ports, promotion, policy, state),
    };
  };
}

/** A rollback takes no CustomResourceDefinition back that objects are stored by (KUBERNETES.md R7). */
async function contentFor(
  { documents }: PlanPromotionPorts,
  cluster: Cluster,
  promotion: PromotionInput,
  reference: DocumentReference,
): Promise<KeptContent> {
  if (promotion.kind === 'rollback')
    return keepDefinitions(cluster, documents, reference, contentKey(promotion, 'kept'));
  return { reference, content: await documents.get<ReleaseContent>(reference), notes: [] };
}

/** Of a repair that nobody asked for: what the dead release did may be what cannot be undone (KUBERNETES.md R6). */
async function refuseToGoBack(cluster: Cluster, failed: FailedChanges | undefined): Promise<void> {
  const reason = failed && (await whyForwardOnly(cluster, failed));
  if (failed === undefined || reason === undefined) return;
  throw new PolicyViolationError(`${failed.plan.application}: is not rolled back: ${reason}`, {
    release: failed.plan.release,
  });
}

async function leavesResidue(request: ResidueRequest): Promise<boolean> {
  if (request.failed === undefined) return false;
  return (await findResidue(request)).length > 0;
}

async function approvalNeed(
  { promotions }: PlanPromotionPorts,
  promotion: PromotionInput,
  policy: EnvironmentPolicy,
  state: TargetState | undefined,
): Promise<ApprovalNeed> {
  if (policy.approval === undefined || !(await needsApproval(promotions, promotion, policy, state)))
    return { required: false };
  return { required: true, timeoutSeconds: policy.approval.expirySeconds + approvalMarginSeconds };
}
