import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse } from '../service.ts';
import { AwsError, unknownOperation } from './aws-error.ts';

export type JsonObject = Record<string, unknown>;
export type JsonOperation = (input: JsonObject, request: AwsRequest) => Promise<object> | object;

export interface JsonProtocol {
  readonly service: string;
  /** `1.0` for DynamoDB and Step Functions, `1.1` for the older services. */
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, JsonOperation>>;
}

/** Serves the AWS JSON protocol: the operation is in `X-Amz-Target`, errors carry `__type`. */
export async function serveJson(protocol: JsonProtocol, request: AwsRequest): Promise<AwsResponse> {
  const operation = request.headers['x-amz-target']?.split('.').at(-1) ?? '';
  try {
    const body = await request.readBody();
    const run = Object.hasOwn(protocol.operations, operation) ? protocol.operations[operation] : undefined;
    if (!run) throw unknownOperation(protocol.service, operation || `${request.method} ${request.path}`);
    return jsonAnswer(protocol.version, 200, await run(parseInput(body), request));
  } catch (error) {
    if (error instanceof AwsError) return jsonError(protocol.version, error);
    throw error;
  }
}

function parseInput(body: Buffer): JsonObject {
  try {
    const input: unknown = JSON.parse(body.length ? body.toString('utf8') : '{}');
    if (typeof input === 'object' && input !== null && !Array.isArray(input)) return input as JsonObject;
  } catch {
    // falls through to the one answer for every unreadable body
  }
  throw new AwsError('SerializationException', `Body '${body.toString('utf8', 0, 40)}' is not a JSON object`);
}

/** An AWS JSON answer with its content type and request id. */
export const jsonAnswer = (version: '1.0' | '1.1', status: number, value: unknown): AwsResponse => ({
  status,
  headers: { 'content-type': `application/x-amz-json-${version}`, 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify(value),
});

/** An error as the AWS JSON protocol writes it. */
export function jsonError(version: '1.0' | '1.1', error: AwsError): AwsResponse {
  const answer = jsonAnswer(version, error.status, {
    __type: error.code,
    message: error.message,
    ...error.members,
  });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
}
