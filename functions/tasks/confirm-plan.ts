import { changedObjects, changeSetDigest, differences } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { PlanStaleError, PolicyViolationError } from '#domain/errors.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import { type PlanReference, type PromotionInput, promotionExecutionName } from '#domain/promotion.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';
import { needsApproval } from './parts/approval-need.ts';
import { findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { pruneCandidates } from './parts/prune-candidates.ts';
import { refuseHeld } from './parts/refuse-held.ts';
import { surveyUndoing } from './parts/survey-undoing.ts';

export interface ConfirmPlanInput extends PromotionInput {
  readonly round: number;
  readonly plan: PlanReference;
  readonly fence: number;
}

export interface ConfirmPlanResult {
  readonly confirmed: true;
}

export interface ConfirmPlanPorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly approvals: ApprovalLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

/**
 * Makes sure, with the target held, that what would be applied is what was approved: the approval is read again from the
 * ledger and the change set is worked out again (KUBERNETES.md D5). Throws PolicyViolationError without an approval of
 * this very plan, and PlanStaleError when the change set is another one by now.
 */
export function confirmPlan(ports: ConfirmPlanPorts) {
  return async (input: ConfirmPlanInput): Promise<ConfirmPlanResult> => {
    const { promotions, documents } = ports;
    const { application, environment } = input;
    await refuseHeld(promotions, input);
    const { policy, cluster } = await findDeploymentTarget(ports, input);
    const state = await promotions.targetState(application, environment);
    const plan = await documents.get<Plan>(input.plan.document);
    // Nobody was asked about a plan that changes nothing.
    if (changedObjects(plan.changes) > 0) await requireApproval(ports, input, policy, state);

    const owner = intentOwner(input, policy);
    const [content, { candidates }, failed] = await Promise.all([
      documents.get<ReleaseContent>(plan.content),
      pruneCandidates(ports, cluster, owner, state),
      plan.undoes && failedChanges(documents, plan.undoes),
    ]);
    const { changes } = await surveyUndoing({
      cluster,
      documents,
      content,
      owner,
      policy,
      candidates,
      failed,
      earlier: plan.changes,
    });
    if (changeSetDigest(changes) === input.plan.digest) return { confirmed: true };

    const changed = differences(plan.changes, changes);
    await closeAsOutdated(ports, input, changed);
    throw planStale(input, changed);
  };
}

function planStale(input: ConfirmPlanInput, changed: readonly string[]): PlanStaleError {
  return new PlanStaleError(
    `plan of promotion '${promotionExecutionName(input)}': no longer what would happen: ${changed.join('; ') || 'its digest differs'}`,
    { changed, digest: input.plan.digest },
  );
}

async function requireApproval(
  { approvals, promotions }: ConfirmPlanPorts,
  input: ConfirmPlanInput,
  policy: EnvironmentPolicy,
  state: TargetState | undefined,
): Promise<void> {
  if (!(await needsApproval(promotions, input, policy, state))) return;
  const request = await approvals.request(requestId(input));
  if (request?.status === 'approved' && request.planDigest === input.plan.digest) return;
  // Closed by a run of this state that died before its answer arrived: what it found still stands.
  if (request?.status === 'outdated') throw planStale(input, request.outdatedBy ?? []);
  const found =
    request === undefined
      ? 'nobody was asked'
      : request.status === 'approved'
        ? `what was approved is plan '${request.planDigest}'`
        : `the request is '${request.status}'`;
  throw new PolicyViolationError(
    `promotion '${promotionExecutionName(input)}': plan '${input.plan.digest}' has no approval: ${found}`,
    { digest: input.plan.digest, environment: input.environment },
  );
}

async function closeAsOutdated(
  { approvals, clock }: ConfirmPlanPorts,
  input: ConfirmPlanInput,
  outdatedBy: readonly string[],
): Promise<void> {
  const id = requestId(input);
  if ((await approvals.request(id)) === undefined) return;
  await approvals.close(id, { status: 'outdated', closedAt: clock.now(), outdatedBy });
}

function requestId({ application, release, environment, attempt, round }: ConfirmPlanInput) {
  return { application, release, environment, attempt, round };
}
