import type { ApiRequest } from '#domain/api-request.ts';
import { awaitApproval } from '#tasks/await-approval.ts';
import type { World } from './promotion-world.ts';

/** Asks for release 6 in production: Ana's link is `link-1`, Bo's `link-2`. */
export async function askForRelease6(world: World) {
  const promotion = await world.openPromotion(6);
  const plan = await world.storePlan(promotion);
  await awaitApproval(world)({ ...promotion, round: 1, plan, taskToken: 'task-token-6' });
  return { ...promotion, round: 1 };
}

/** A GET as API Gateway hands it over. */
export function visit(linkId: string, query: Record<string, string> | null, method = 'GET'): ApiRequest {
  return {
    httpMethod: method,
    headers: { Host: 'tidegate.example.com' },
    pathParameters: { linkId },
    queryStringParameters: query,
    body: null,
    isBase64Encoded: false,
  };
}

/** What a browser posts when the page's form is filled in. */
export function post(
  linkId: string,
  fields: Record<string, string>,
  headers: Record<string, string> = {},
): ApiRequest {
  return {
    ...visit(linkId, null, 'POST'),
    headers: {
      Host: 'tidegate.example.com',
      Origin: 'https://tidegate.example.com',
      'Sec-Fetch-Site': 'same-origin',
      'Content-Type': 'application/x-www-form-urlencoded',
      ...headers,
    },
    body: new URLSearchParams(fields).toString(),
  };
}

export const anaApproves = { k: 'very-secret-1', decision: 'approve', code: 'C0DE-0001', comment: '' };
