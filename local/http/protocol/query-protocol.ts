import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse } from '../service.ts';
import { AwsError, unknownOperation } from './aws-error.ts';
import { type XmlContent, xmlDocument } from './xml.ts';

export type QueryOperation = (
  parameters: URLSearchParams,
  request: AwsRequest,
) =>
  | Promise<Readonly<Record<string, XmlContent>> | undefined>
  | Readonly<Record<string, XmlContent>>
  | undefined;

export interface QueryProtocol {
  readonly service: string;
  readonly namespace: string;
  readonly operations: Readonly<Record<string, QueryOperation>>;
}

/** Serves the AWS query protocol: a form (or the query of a GET) in, XML out. An operation without a result answers `undefined`. */
export async function serveQuery(protocol: QueryProtocol, request: AwsRequest): Promise<AwsResponse> {
  const requestId = randomUUID();
  try {
    const body = await request.readBody();
    const parameters = request.method === 'POST' ? new URLSearchParams(body.toString('utf8')) : request.query;
    const action = parameters.get('Action') ?? '';
    const run = Object.hasOwn(protocol.operations, action) ? protocol.operations[action] : undefined;
    if (!run) throw unknownOperation(protocol.service, action || `${request.method} ${request.path}`);
    const result = await run(parameters, request);
    const content = {
      ...(result === undefined ? {} : { [`${action}Result`]: result }),
      ResponseMetadata: { RequestId: requestId },
    };
    return xmlAnswer(200, requestId, xmlDocument(`${action}Response`, content, protocol.namespace));
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const Type = error.status < 500 ? 'Sender' : 'Receiver';
    const content = { Error: { Type, Code: error.code, Message: error.message }, RequestId: requestId };
    return xmlAnswer(error.status, requestId, xmlDocument('ErrorResponse', content, protocol.namespace));
  }
}

const xmlAnswer = (status: number, requestId: string, body: string): AwsResponse => ({
  status,
  headers: { 'content-type': 'text/xml', 'x-amzn-requestid': requestId },
  body,
});

/** The members of `prefix.member.N` (or `prefix.entry.N`), each as the parameters below it, in their order. */
export function queryList(parameters: URLSearchParams, prefix: string): readonly URLSearchParams[] {
  const members = new Map<number, URLSearchParams>();
  for (const [name, value] of parameters) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [index, ...rest] = name.slice(prefix.length + 1).split('.');
    const position = Number(index);
    const member = members.get(position) ?? new URLSearchParams();
    member.append(rest.join('.'), value);
    members.set(position, member);
  }
  return [...members].sort(([a], [b]) => a - b).map(([, member]) => member);
}

/** A map in the query protocol: `prefix.entry.N.key` and `prefix.entry.N.value`. */
export const queryMap = (parameters: URLSearchParams, prefix: string): Readonly<Record<string, string>> =>
  Object.fromEntries(
    queryList(parameters, prefix).map((entry) => [
      entry.get('key') ?? entry.get('Name') ?? '',
      entry.get('value') ?? entry.get('Value') ?? '',
    ]),
  );
