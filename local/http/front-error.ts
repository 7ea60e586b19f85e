import { randomUUID } from 'node:crypto';
import { xmlDocument } from './protocol/xml.ts';
import { protocolOf } from './protocol-of.ts';
import type { AwsResponse } from './service.ts';

export interface ErrorFacts {
  readonly code: string;
  readonly status: number;
  readonly message: string;
}

/** An error of the front itself, written so that the calling SDK can read it, whichever protocol it speaks. */
export function frontError(
  service: string,
  headers: Readonly<Record<string, string>>,
  facts: ErrorFacts,
): AwsResponse {
  const contentType = headers['content-type'] ?? '';
  if (service === 's3')
    return xml(
      facts,
      (requestId) => ({ Code: facts.code, Message: facts.message, RequestId: requestId }),
      'Error',
    );
  if (contentType.startsWith('application/x-www-form-urlencoded') || protocolOf(service) === 'query')
    return xml(facts, queryBody(facts), 'ErrorResponse');
  return {
    status: facts.status,
    headers: {
      'content-type': contentType.startsWith('application/x-amz-json') ? contentType : 'application/json',
      'x-amzn-errortype': facts.code,
      'x-amzn-requestid': randomUUID(),
    },
    body: JSON.stringify({ __type: facts.code, message: facts.message }),
  };
}

const queryBody = (facts: ErrorFacts) => (requestId: string) => ({
  Error: { Type: facts.status < 500 ? 'Sender' : 'Receiver', Code: facts.code, Message: facts.message },
  RequestId: requestId,
});

function xml(
  facts: ErrorFacts,
  content: (requestId: string) => Parameters<typeof xmlDocument>[1],
  root: string,
): AwsResponse {
  const requestId = randomUUID();
  return {
    status: facts.status,
    headers: {
      'content-type': 'application/xml',
      'x-amz-request-id': requestId,
      'x-amzn-requestid': requestId,
    },
    body: xmlDocument(root, content(requestId)),
  };
}
