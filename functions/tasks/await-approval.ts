import type { ApprovalRequest } from '#domain/approval.ts';
import { approvalMail } from '#domain/approval-mail.ts';
import { resultOf } from '#domain/approval-result.ts';
import { environmentOf } from '#domain/environment.ts';
import { PipelineInvalidError, RequestInvalidError } from '#domain/errors.ts';
import { secondsAfter } from '#domain/instant.ts';
import { codeHash, secretHash } from '#domain/link.ts';
import type { ApprovalPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { supersededOnTarget } from '#domain/target-order.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { ApprovalMailer } from '#ports/approval-mailer.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';
import type { Secrets } from '#ports/secrets.ts';
import type { TaskTokens } from '#ports/task-tokens.ts';
import { closeAndWake, requestId, wake } from './parts/requests.ts';

export interface AwaitApprovalInput extends PromotionInput {
  readonly round: number;
  readonly plan: PlanReference;
  readonly taskToken: string;
}

export interface AwaitApprovalPorts {
  readonly releases: ReleaseLedger;
  readonly archive: PipelineArchive;
  readonly promotions: PromotionLedger;
  readonly approvals: ApprovalLedger;
  readonly documents: DocumentStore;
  readonly mailer: ApprovalMailer;
  readonly tokens: TaskTokens;
  readonly secrets: Secrets;
  readonly clock: Clock;
  /** The address of the page behind a link, its secret included. */
  readonly linkFor: (linkId: string, secret: string) => string;
}

/**
 * Opens the approval request of one round, ends the requests of older releases, and mails each approver a link. Wakes,
 * too, whoever waits for a request that has ended: the run that ended it may have died before it could.
 * The state is answered through its token: by the decision, by what closes the request, or here when it is superseded.
 */
export function awaitApproval(ports: AwaitApprovalPorts) {
  return async (input: AwaitApprovalInput): Promise<void> => {
    const { promotions, approvals, documents, clock } = ports;
    const policy = await policyOf(ports, input);
    const openedAt = clock.now();
    const request = await approvals.open({
      ...requestId(input, input.round),
      planDigest: input.plan.digest,
      approvers: [...new Set(policy.approvers)],
      openedAt,
      expiresAt: secondsAfter(openedAt, policy.expirySeconds),
      taskToken: input.taskToken,
    });
    const ended = resultOf(request);
    if (ended !== undefined) {
      // A retried state: the ledger keeps the token that an ended request was asked with, this one is newer.
      await ports.tokens.succeed(input.taskToken, ended);
      await approvals.markWoken(request);
      return;
    }
    await promotions.note(input, { stage: 'awaiting-approval', plan: input.plan });
    const awaited = await approvals.awaited(input.application, input.environment);
    for (const other of awaited) await wake(ports, other);
    if (await yieldToNewer(ports, input, request, awaited)) return;
    const plan = await documents.get<Plan>(input.plan.document);
    for (const approver of request.approvers) await invite(ports, request, plan, approver);
  };
}

async function policyOf(
  { releases, archive }: AwaitApprovalPorts,
  input: PromotionInput,
): Promise<ApprovalPolicy> {
  const { application, environment } = input;
  const release = await releases.release(input);
  if (release === undefined) {
    throw new RequestInvalidError(`Release ${input.release} of "${application}" is not in the ledger`, {
      application,
    });
  }
  const pipeline = await archive.kept(application, release.pipelineDigest);
  const policy = environmentOf(pipeline, environment)?.approval;
  if (policy !== undefined) return policy;
  throw new PipelineInvalidError(
    `Environment "${environment}" of "${application}" has no approval policy to ask by`,
    {
      application,
      environment,
    },
  );
}

/** Closes the requests that this one supersedes; true when it is itself superseded. Rollbacks take no part in it. */
async function yieldToNewer(
  ports: AwaitApprovalPorts,
  input: AwaitApprovalInput,
  own: ApprovalRequest,
  awaited: readonly ApprovalRequest[],
): Promise<boolean> {
  if (input.kind === 'rollback') return false;
  const { promotions, clock } = ports;
  const { application, environment, release } = input;
  const pending = awaited.filter(({ status }) => status === 'pending');
  const rivals = await promotionsOnly(ports, pending);
  const state = await promotions.targetState(application, environment);
  const newest = Math.max(supersededOnTarget(input, state) ?? 0, ...rivals.map((rival) => rival.release));
  const supersede = (request: ApprovalRequest, supersededBy: number) =>
    closeAndWake(ports, request, { status: 'superseded', closedAt: clock.now(), supersededBy });
  if (newest > release) {
    await supersede(own, newest);
    return true;
  }
  for (const older of rivals.filter((rival) => rival.release < release)) await supersede(older, release);
  return false;
}

async function promotionsOnly(
  { promotions }: AwaitApprovalPorts,
  requests: readonly ApprovalRequest[],
): Promise<readonly ApprovalRequest[]> {
  const asked = await Promise.all(requests.map((request) => promotions.promotion(request)));
  return requests.filter((_, index) => asked[index]?.kind === 'promotion');
}

/** A link of the approver's own, then the mail that carries it: what reaches a mailbox always works. */
async function invite(
  ports: AwaitApprovalPorts,
  request: ApprovalRequest,
  plan: Plan,
  approver: string,
): Promise<void> {
  const { approvals, mailer, secrets, linkFor } = ports;
  const { expiresAt } = request;
  const linkId = secrets.linkId();
  const secret = secrets.linkSecret();
  const decisionCode = secrets.decisionCode();
  const hashes = { secretHash: secretHash(secret), codeHash: codeHash(linkId, decisionCode) };
  await approvals.addLink(
    { linkId, request: requestId(request, request.round), approver, ...hashes },
    expiresAt,
  );
  const mail = approvalMail({ plan, expiresAt, url: linkFor(linkId, secret), decisionCode });
  await mailer.send({ approver, ...mail });
}
