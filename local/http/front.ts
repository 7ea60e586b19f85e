import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { defaultRegion } from '../identity.ts';
import { credentialScope, unsignedService } from './credential-scope.ts';
import { foreignRequest, isAddressedHere, isFollowedLink, isFromPage } from './from-this-machine.ts';
import { frontError } from './front-error.ts';
import { type Listening, listen } from './listen.ts';
import { unknownOperation } from './protocol/aws-error.ts';
import { refusalFacts } from './refusals.ts';
import type { AwsRequest, AwsResponse, AwsService } from './service.ts';
import { type SigningKey, whyUnverified } from './verify-signature.ts';

export interface FrontOptions {
  /** 0 for any free port. */
  readonly port: number;
  /** The keys that were issued: what another one signed is refused. */
  readonly keyOf: (accessKeyId: string) => SigningKey | undefined;
  /** Milliseconds since 1970, by which signatures live. */
  readonly now: () => number;
  /** Told of a service that failed in a way it did not foresee; the client gets a 500. */
  readonly onDefect: (service: string, error: unknown) => void;
}

export interface Front extends Listening {
  /** Serves one more service; before this its requests answer 501. */
  add(service: AwsService): void;
}

/** The one loopback port of all AWS services: a request goes to the service that its signature names. */
export async function startFront(options: FrontOptions): Promise<Front> {
  const services = new Map<string, AwsService>();
  const server = createServer((message, response) => {
    void answer(message, services, options)
      .then((answered) => send(answered, message, response))
      .catch(() => response.destroy());
  });
  const listening = await listen(server, options.port);
  return { ...listening, add: (service) => void services.set(service.signingName, service) };
}

async function answer(
  message: IncomingMessage,
  services: ReadonlyMap<string, AwsService>,
  options: FrontOptions,
): Promise<AwsResponse> {
  const { path, query } = target(message);
  const headers = lowerCaseHeaders(message);
  const method = message.method ?? 'GET';
  const scope = credentialScope(headers, query);
  const name = scope?.service ?? unsignedService(method, query);
  const isForeign = isFromPage(message) && !(scope === undefined && name && isFollowedLink(message));
  if (!isAddressedHere(message) || isForeign) return frontError(name ?? 's3', headers, foreignRequest);
  if (name === undefined) return frontError('s3', headers, missingToken);
  const body = name === 's3' ? streamed(message) : await buffered(message);
  if (body === undefined) return frontError(name, headers, tooLarge);
  if (scope) {
    const signed = { method, path, query, headers, readBody: body.readBody };
    const refusal = await whyUnverified(signed, options.keyOf, options.now());
    if (refusal !== undefined) return frontError(name, headers, refusalFacts(name, refusal));
  }
  const service = services.get(name);
  if (!service)
    return frontError(name, headers, unknownOperation(name, operationName(method, path, headers)));
  const request: AwsRequest = {
    method,
    path,
    query,
    headers,
    ...body,
    region: scope?.region ?? defaultRegion,
    ...(scope ? { accessKeyId: scope.accessKeyId } : {}),
  };
  try {
    return await service.handle(request);
  } catch (error) {
    options.onDefect(name, error);
    return frontError(name, headers, internalFailure(error));
  }
}

type Body = Pick<AwsRequest, 'body' | 'readBody'>;

/** S3's bodies are of any size: its services read them as they come. */
const streamed = (message: IncomingMessage): Body => ({ body: message, readBody: () => readAll(message) });

/** Any other body is read before its signature is verified; undefined when it is larger than AWS takes anywhere but in S3. */
async function buffered(message: IncomingMessage): Promise<Body | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of message) {
    length += (chunk as Buffer).length;
    if (length <= bodyLimitBytes) chunks.push(chunk as Buffer);
  }
  if (length > bodyLimitBytes) return undefined;
  const body = Buffer.concat(chunks);
  return { body: Readable.from([body]), readBody: async () => body };
}

/** DynamoDB's requests, the largest, end here. */
const bodyLimitBytes = 16 * 1024 * 1024;
const tooLarge = {
  code: 'RequestEntityTooLargeException',
  status: 413,
  message: `A request body may have ${bodyLimitBytes} bytes`,
};
const missingToken = {
  code: 'MissingAuthenticationToken',
  status: 403,
  message: 'Request is missing Authentication Token',
};
const internalFailure = (error: unknown) => ({
  code: 'InternalFailure',
  status: 500,
  message: String(error),
});
const operationName = (method: string, path: string, headers: AwsRequest['headers']): string =>
  headers['x-amz-target'] ?? `${method} ${path}`;

function target(message: IncomingMessage): { readonly path: string; readonly query: URLSearchParams } {
  const url = message.url ?? '/';
  const mark = url.indexOf('?');
  return mark < 0
    ? { path: url, query: new URLSearchParams() }
    : { path: url.slice(0, mark), query: new URLSearchParams(url.slice(mark + 1)) };
}

const lowerCaseHeaders = (message: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(message.headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );

async function readAll(body: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of body) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

async function send(
  answered: AwsResponse,
  message: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { status, headers = {}, body } = answered;
  response.writeHead(status, withRequestId(headers));
  if (body === undefined || typeof body === 'string' || body instanceof Uint8Array) {
    response.end(body);
  } else {
    await pipeline(body, response);
  }
  // An unread body would block the connection for the next request.
  message.resume();
}

const requestIdHeaders = new Set(['x-amzn-requestid', 'x-amz-request-id']);

function withRequestId(headers: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const hasOne = Object.keys(headers).some((name) => requestIdHeaders.has(name.toLowerCase()));
  return hasOne ? headers : { ...headers, 'x-amzn-requestid': randomUUID() };
}
