import type { ApprovalLink, ApprovalRequest } from '#domain/approval.ts';
import { opensLink } from '#domain/link.ts';
import type { Plan } from '#domain/plan.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { ApprovalLedger } from '#ports/approval-ledger.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

export interface LinkPorts {
  readonly approvals: ApprovalLedger;
  readonly promotions: PromotionLedger;
  readonly documents: DocumentStore;
}

/** The link when it exists and `secret` is its own; a caller cannot tell which of both failed. */
export async function openLink(
  { approvals }: LinkPorts,
  linkId: string | undefined,
  secret: string,
): Promise<ApprovalLink | undefined> {
  const link = linkId === undefined || linkId === '' ? undefined : await approvals.link(linkId);
  return opensLink(link, secret) ? link : undefined;
}

/** What the page of a link shows. */
export interface LinkView {
  readonly linkId: string;
  readonly approver: string;
  readonly request: ApprovalRequest;
  readonly plan: Plan;
  readonly promotion: Promotion;
}

/** Reads what the page of a link shows. A link is written after its request and its plan, so both are there. */
export async function readLink(
  ports: LinkPorts,
  { linkId, approver, request: id }: ApprovalLink,
): Promise<LinkView> {
  const [request, promotion] = await Promise.all([
    ports.approvals.request(id),
    ports.promotions.promotion(id),
  ]);
  if (request === undefined || promotion?.plan === undefined) {
    throw new Error(
      `Approval request ${id.round} of "${id.application}" release ${id.release} has lost its plan`,
    );
  }
  const plan = await ports.documents.get<Plan>(promotion.plan.document);
  return { linkId, approver, request, plan, promotion };
}
