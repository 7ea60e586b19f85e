import { type ApiRequest, type ApiResponse, formOf, isSameOrigin } from '#domain/api-request.ts';
import type { ApprovalLink } from '#domain/approval.ts';
import { type DecisionForm, decisionFormOf, type FormFault, readDecision } from '#domain/decision-form.ts';
import { approvalPage } from '#pages/approval-page.ts';
import { foreignFormPage, notFoundPage, wrongMethodPage } from '#pages/message-page.ts';
import { pageResponse, seeOther } from '#pages/response.ts';
import type { Clock } from '#ports/clock.ts';
import type { TaskTokens } from '#ports/task-tokens.ts';
import { type LinkPorts, openLink, readLink } from './parts/open-link.ts';
import { wake } from './parts/requests.ts';

export interface DecideApprovalPorts extends LinkPorts {
  readonly tokens: TaskTokens;
  readonly clock: Clock;
}

/** What an open link carried, whatever came of it. */
interface Visit {
  readonly link: ApprovalLink;
  readonly secret: string;
}

/**
 * Takes an approver's decision from the page's form: recorded first, then the waiting state is woken. The same person
 * may send the same again: it is delivered again and shown.
 */
export function decideApproval(ports: DecideApprovalPorts) {
  return async (request: ApiRequest): Promise<ApiResponse> => {
    if (request.httpMethod !== 'POST') return pageResponse(405, wrongMethodPage);
    if (!isSameOrigin(request)) return pageResponse(403, foreignFormPage);
    const fields = formOf(request);
    const secret = fields.get('k') ?? '';
    const link = await openLink(ports, request.pathParameters?.linkId, secret);
    if (link === undefined) return pageResponse(404, notFoundPage);
    return decide(ports, { link, secret }, decisionFormOf(fields));
  };
}

async function decide(ports: DecideApprovalPorts, visit: Visit, form: DecisionForm): Promise<ApiResponse> {
  const { approvals, clock } = ports;
  const { link, secret } = visit;
  const reading = readDecision(form, link);
  if (reading.kind === 'faulty') return shown(ports, visit, 400, { form, fault: reading.fault });
  const { verdict, comment } = reading;
  const { approver } = link;
  const receipt = await approvals.decide(link.request, {
    verdict,
    comment,
    approver,
    decidedAt: clock.now(),
  });
  if (receipt.kind === 'closed') return shown(ports, visit, 409, { cameLate: true });
  await wake(ports, receipt.request);
  // Relative to the form's own path, so that it holds under a stage's name and on a laptop alike.
  return seeOther(`${link.linkId}?k=${secret}`);
}

interface Remarks {
  readonly form?: DecisionForm;
  readonly fault?: FormFault;
  readonly cameLate?: true;
}

async function shown(
  ports: DecideApprovalPorts,
  { link, secret }: Visit,
  status: number,
  remarks: Remarks,
): Promise<ApiResponse> {
  const view = await readLink(ports, link);
  return pageResponse(
    status,
    approvalPage({ ...view, ...remarks, secret, full: false, now: ports.clock.now() }),
  );
}
