import type { ApprovalLink, ApprovalRequest, Decision, RequestId, RequestStatus } from '#domain/approval.ts';
import type { Instant } from '#domain/instant.ts';

/** A request to open, or to open again with the new task token of a retried state. */
export interface RequestOpening extends RequestId {
  readonly planDigest: string;
  readonly approvers: readonly string[];
  readonly openedAt: Instant;
  readonly expiresAt: Instant;
  readonly taskToken: string;
}

/** How a decision was received. */
export type DecisionReceipt =
  | { readonly kind: 'recorded'; readonly request: ApprovalRequest }
  /** The same person decided the same before: harmless. */
  | { readonly kind: 'repeated'; readonly request: ApprovalRequest }
  /** Somebody decided otherwise before, or the request ended. */
  | { readonly kind: 'closed'; readonly request: ApprovalRequest };

/** Why a pending request ends without a decision. */
export interface RequestClosing {
  readonly status: Exclude<RequestStatus, 'pending' | 'approved' | 'rejected'>;
  readonly closedAt: Instant;
  readonly supersededBy?: number;
  readonly outdatedBy?: readonly string[];
}

/** The record of approval requests, links and decisions. The task token stays in here but for waking the state machine. */
export interface ApprovalLedger {
  /** Opens a request, or of an open one replaces the task token; of an ended one nothing changes. */
  open(opening: RequestOpening): Promise<ApprovalRequest>;
  request(id: RequestId): Promise<ApprovalRequest | undefined>;
  /** The requests of one application and environment that are pending, or ended and not marked woken yet. */
  awaited(application: string, environment: string): Promise<readonly ApprovalRequest[]>;
  /** Notes that the state which waited for an ended request was answered, or is gone. */
  markWoken(id: RequestId): Promise<void>;
  addLink(link: ApprovalLink, expiresAt: Instant): Promise<void>;
  link(linkId: string): Promise<ApprovalLink | undefined>;
  /** Records a decision if the request is pending and not expired at `decision.decidedAt`: one conditional write. */
  decide(id: RequestId, decision: Decision): Promise<DecisionReceipt>;
  /** Ends a pending request; `outdated` also ends an approved one. Answers the request as it stands. */
  close(id: RequestId, closing: RequestClosing): Promise<ApprovalRequest>;
  /** The token that wakes the waiting state; for `TaskTokens` alone. */
  taskToken(id: RequestId): Promise<string | undefined>;
}
