import type { ApprovalRequest, ApprovalResult, RequestStatus } from '#domain/approval.ts';
import type { Instant } from '#domain/instant.ts';

/** What the waiting state is answered with, once the request has ended; undefined while it is pending. */
export function resultOf({ status, supersededBy }: ApprovalRequest): ApprovalResult | undefined {
  if (status === 'pending') return undefined;
  return { decision: status, ...(supersededBy !== undefined && { supersededBy }) };
}

/** The status as a person sees it at `now`: past its expiry nobody can decide, also before the ledger says so. */
export function statusAt({ status, expiresAt }: ApprovalRequest, now: Instant): RequestStatus {
  return status === 'pending' && now >= expiresAt ? 'expired' : status;
}
