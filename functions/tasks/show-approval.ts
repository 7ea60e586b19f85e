import type { ApiRequest, ApiResponse } from '#domain/api-request.ts';
import { approvalPage } from '#pages/approval-page.ts';
import { notFoundPage, wrongMethodPage } from '#pages/message-page.ts';
import { pageResponse, withoutBody } from '#pages/response.ts';
import type { Clock } from '#ports/clock.ts';
import { type LinkPorts, openLink, readLink } from './parts/open-link.ts';

export interface ShowApprovalPorts extends LinkPorts {
  readonly clock: Clock;
}

/** Shows the page behind an approval link. Reads only: mail scanners may follow the link as often as they like. */
export function showApproval(ports: ShowApprovalPorts) {
  const show = async (request: ApiRequest): Promise<ApiResponse> => {
    const secret = request.queryStringParameters?.k ?? '';
    const link = await openLink(ports, request.pathParameters?.linkId, secret);
    if (link === undefined) return pageResponse(404, notFoundPage);
    const view = await readLink(ports, link);
    const full = request.queryStringParameters?.all === '1';
    return pageResponse(200, approvalPage({ ...view, secret, full, now: ports.clock.now() }));
  };
  return async (request: ApiRequest): Promise<ApiResponse> => {
    if (request.httpMethod === 'GET') return show(request);
    if (request.httpMethod === 'HEAD') return withoutBody(await show(request));
    const refused = pageResponse(405, wrongMethodPage);
    return { ...refused, headers: { ...refused.headers, Allow: 'GET, HEAD, POST' } };
  };
}
