import type { ApprovalRequest, RequestStatus } from '#domain/approval.ts';
import { minuteText } from '#domain/approval-mail.ts';
import { type Html, html } from './html.ts';

type Ending = Exclude<RequestStatus, 'pending'>;

const endings: Readonly<Record<Ending, (request: ApprovalRequest) => string>> = {
  approved: () => 'Approved',
  rejected: () => 'Rejected',
  expired: ({ expiresAt }) => `Expired: nobody decided by ${minuteText(expiresAt)}`,
  superseded: ({ supersededBy }) =>
    `Superseded: ${supersededBy === undefined ? 'a newer release' : `release ${supersededBy}`} has taken its place`,
  outdated: () => 'Outdated: what would change is no longer what was asked',
  withdrawn: () => 'Withdrawn: the promotion ended before anybody decided',
};

/** How a request ended: who decided, when and why, or what closed it. */
export function requestEnding(status: Ending, request: ApprovalRequest): Html {
  const { decision, outdatedBy = [] } = request;
  return html`<section class="box" aria-labelledby="ending"><h2 id="ending">${endings[status](request)}</h2>${
    decision &&
    html`<dl><dt>By</dt><dd>${decision.approver}</dd><dt>At</dt><dd>${minuteText(decision.decidedAt)}</dd>${
      decision.comment !== '' && html`<dt>Comment</dt><dd>${decision.comment}</dd>`
    }</dl>`
  }${outdatedBy.length > 0 && html`<ul>${outdatedBy.map((line) => html`<li>${line}</li>`)}</ul>`}</section>`;
}
