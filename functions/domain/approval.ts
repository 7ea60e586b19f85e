import type { Instant } from '#domain/instant.ts';
import type { PromotionId } from '#domain/promotion.ts';

/** The states of an approval request; every one but `pending` is an end. */
export const requestStatuses = [
  'pending',
  'approved',
  'rejected',
  'expired',
  'superseded',
  'outdated',
  'withdrawn',
] as const;
export type RequestStatus = (typeof requestStatuses)[number];

/** Names one approval request: a promotion asks again (round 2, 3) when its plan went stale. */
export interface RequestId extends PromotionId {
  /** From 1. */
  readonly round: number;
}

/** A person's decision as recorded, before the state machine is woken. */
export interface Decision {
  readonly verdict: 'approved' | 'rejected';
  /** The approver's e-mail address. */
  readonly approver: string;
  readonly comment: string;
  readonly decidedAt: Instant;
}

/** One approval request as the ledger holds it. The task token is read by `ApprovalLedger.taskToken` alone. */
export interface ApprovalRequest extends RequestId {
  readonly status: RequestStatus;
  /** The change-set digest that is asked for: a decision binds to it (DESIGN N2). */
  readonly planDigest: string;
  readonly approvers: readonly string[];
  readonly openedAt: Instant;
  readonly expiresAt: Instant;
  readonly decision?: Decision;
  /** When the request ended otherwise than by a decision. */
  readonly closedAt?: Instant;
  readonly supersededBy?: number;
  /** For `outdated`: what changed since the plan was made, one line each. */
  readonly outdatedBy?: readonly string[];
}

/** A link as the ledger holds it: the secret and the code only as hashes. */
export interface ApprovalLink {
  readonly linkId: string;
  readonly request: RequestId;
  readonly approver: string;
  /** SHA-256 of the link's secret, hex. */
  readonly secretHash: string;
  /** SHA-256 of `<linkId>:<code>`, hex. */
  readonly codeHash: string;
}

/** What wakes AwaitApproval: the result its task token is answered with. */
export interface ApprovalResult {
  readonly decision: Exclude<RequestStatus, 'pending'>;
  readonly supersededBy?: number;
}
