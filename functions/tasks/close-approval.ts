import type { ApprovalResult } from '#domain/approval.ts';
import { resultOf } from '#domain/approval-result.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { Clock } from '#ports/clock.ts';
import { requestId } from './parts/requests.ts';

export interface CloseApprovalInput extends PromotionInput {
  readonly round: number;
}

export interface CloseApprovalPorts {
  readonly approvals: ApprovalLedger;
  readonly clock: Clock;
}

/**
 * After the wait timed out: what the ledger holds counts, for a decision may have been recorded and not delivered.
 * A request that is still pending, or was never opened, ends expired.
 */
export function closeApproval({ approvals, clock }: CloseApprovalPorts) {
  return async (input: CloseApprovalInput): Promise<ApprovalResult> => {
    const id = requestId(input, input.round);
    if ((await approvals.request(id)) === undefined) return { decision: 'expired' };
    const request = await approvals.close(id, { status: 'expired', closedAt: clock.now() });
    await approvals.markWoken(id);
    return resultOf(request) ?? { decision: 'expired' };
  };
}
