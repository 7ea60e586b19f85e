import type { ApprovalRequest, RequestId } from '#domain/approval.ts';
import { resultOf } from '#domain/approval-result.ts';
import type { PromotionId } from '#domain/promotion.ts';
import type { ApprovalLedger, RequestClosing } from '#ports/approval-ledger.ts';
import type { TaskTokens } from '#ports/task-tokens.ts';

interface Ports {
  readonly approvals: ApprovalLedger;
  readonly tokens: TaskTokens;
}

/** Names the request of one round. */
export const requestId = (
  { application, release, environment, attempt }: PromotionId,
  round: number,
): RequestId => ({ application, release, environment, attempt, round });

/** How often a promotion asks (AskAgain? in promotion.asl.yaml); a round that found nothing to change asked nobody. */
const rounds = [1, 2, 3];

/** A promotion's requests, by round. */
export async function requestsOf(
  approvals: ApprovalLedger,
  id: PromotionId,
): Promise<readonly ApprovalRequest[]> {
  const found = await Promise.all(rounds.map((round) => approvals.request(requestId(id, round))));
  return found.filter((request) => request !== undefined);
}

/**
 * Answers the state that waits for a request with how it ended; nothing while it is pending. Until that is noted the
 * request is listed as awaited, so that whoever asks next makes up for a run that died here.
 */
export async function wake({ approvals, tokens }: Ports, request: ApprovalRequest): Promise<void> {
  const result = resultOf(request);
  if (result === undefined) return;
  const taskToken = await approvals.taskToken(request);
  if (taskToken !== undefined) await tokens.succeed(taskToken, result);
  await approvals.markWoken(request);
}

/** Ends a pending request without a decision, then wakes who waits for it. Safe to repeat. */
export async function closeAndWake(
  ports: Ports,
  id: RequestId,
  closing: RequestClosing,
): Promise<ApprovalRequest> {
  const request = await ports.approvals.close(id, closing);
  await wake(ports, request);
  return request;
}

/** Closes what a promotion still asks for: it has ended, so nobody can decide any more. */
export async function closeRequests(ports: Ports, id: PromotionId, closing: RequestClosing): Promise<void> {
  for (const request of await requestsOf(ports.approvals, id)) {
    // Also what a run that died here has closed and not woken.
    const isMine = request.status === 'pending' || request.status === closing.status;
    if (isMine) await closeAndWake(ports, request, closing);
  }
}
