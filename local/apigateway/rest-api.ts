import { randomBytes, randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Clock } from '../clock.ts';
import { isAddressedHere } from '../http/from-this-machine.ts';
import { type Listening, listen } from '../http/listen.ts';
import type { LambdaInvoker } from '../lambda/invoker.ts';
import type { RestApiModel } from '../template/application.ts';
import { proxyEvent, type StageRequest } from './proxy-event.ts';
import { gatewayAnswers, proxyResponse, type StageResponse } from './proxy-response.ts';
import { createRouter } from './routing.ts';
import { createThrottle } from './throttle.ts';

export interface RestApiOptions {
  /** 0 for any free port. */
  readonly port: number;
  readonly clock: Clock;
}

export interface RestApi extends Listening {
  /** Serves this API from now on; before, every request answers 403. */
  serve(api: RestApiModel, invoker: LambdaInvoker): void;
}

/** A REST API has this long to answer, whatever the function's own timeout. */
const integrationTimeoutMs = 29_000;
const bodyLimitBytes = 10 * 1024 * 1024;

/**
 * One loopback port for one REST API, with the stage as the first part of the path: an origin of its own, as on AWS, so that
 * relative links and `Origin` headers are what they are there.
 */
export async function startRestApi(options: RestApiOptions): Promise<RestApi> {
  let respond = async (_request: StageRequest): Promise<StageResponse> => gatewayAnswers.forbidden;
  const server = createServer((message, response) => {
    if (!isAddressedHere(message)) {
      send(response, gatewayAnswers.forbidden, undefined);
      message.resume();
      return;
    }
    void receive(message, options.clock)
      .then(async (request) => ({
        request,
        answer: typeof request === 'string' ? gatewayAnswers.requestTooLong : await respond(request),
      }))
      .then(({ request, answer }) =>
        send(response, answer, typeof request === 'string' ? undefined : request),
      )
      .catch(() => response.destroy());
  });
  return {
    ...(await listen(server, options.port)),
    serve: (api, invoker) => {
      respond = createStage(api, invoker, options.clock);
    },
  };
}

function createStage(
  api: RestApiModel,
  invoker: LambdaInvoker,
  clock: Clock,
): (request: StageRequest) => Promise<StageResponse> {
  const route = createRouter(api.routes);
  const admits = createThrottle(api.throttling, clock);
  const prefix = `/${api.stageName}`;
  return async (request) => {
    if (request.path !== prefix && !request.path.startsWith(`${prefix}/`)) return gatewayAnswers.forbidden;
    const below = { ...request, path: request.path.slice(prefix.length) || '/' };
    const matched = route(below.method, below.path);
    if (!matched) return gatewayAnswers.missingAuthenticationToken;
    if (!admits(matched.route.path, matched.route.method)) return gatewayAnswers.tooManyRequests;
    const event = JSON.stringify(proxyEvent(api, matched, below));
    return withinTime(integrate(invoker, matched.route.functionArn, event));
  };
}

async function integrate(invoker: LambdaInvoker, functionArn: string, event: string): Promise<StageResponse> {
  try {
    const result = await invoker.invoke(functionArn, event);
    return result.kind === 'success' ? proxyResponse(result.payload) : gatewayAnswers.malformedResponse;
  } catch {
    // The function was not run: throttled, or gone.
    return gatewayAnswers.integrationFailure;
  }
}

async function withinTime(answer: Promise<StageResponse>): Promise<StageResponse> {
  const late = Promise.withResolvers<StageResponse>();
  const timer = setTimeout(() => late.resolve(gatewayAnswers.timedOut), integrationTimeoutMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function receive(message: IncomingMessage, clock: Clock): Promise<StageRequest | 'too long'> {
  const chunks: Buffer[] = [];
  let length = 0;
  // Read to the end even when it is too long: closing in the middle would show as a broken connection, not as the answer.
  for await (const chunk of message) {
    length += (chunk as Buffer).length;
    if (length <= bodyLimitBytes) chunks.push(chunk as Buffer);
  }
  if (length > bodyLimitBytes) return 'too long';
  const [path = '/', query] = (message.url ?? '/').split(/\?(.*)/s);
  return {
    method: message.method ?? 'GET',
    path,
    query: new URLSearchParams(query),
    rawHeaders: withForwardedHeaders(message),
    body: Buffer.concat(chunks),
    sourceIp: message.socket.remoteAddress ?? '127.0.0.1',
    requestId: randomUUID(),
    extendedRequestId: randomBytes(11).toString('base64url').concat('='),
    receivedAt: clock.now(),
  };
}

/** What API Gateway adds to the client's own headers. */
const withForwardedHeaders = (message: IncomingMessage): readonly string[] => [
  ...message.rawHeaders,
  'X-Forwarded-For',
  message.socket.remoteAddress ?? '127.0.0.1',
  'X-Forwarded-Port',
  String(message.socket.localPort),
  'X-Forwarded-Proto',
  'http',
];

function send(response: ServerResponse, answer: StageResponse, request: StageRequest | undefined): void {
  const ids = {
    'x-amzn-RequestId': request?.requestId ?? randomUUID(),
    'x-amz-apigw-id': request?.extendedRequestId ?? '',
  };
  const body = Buffer.from(answer.body);
  const headers = Object.entries(answer.headers).map(
    ([name, value]) => [name, value as string | string[]] as const,
  );
  response.writeHead(answer.status, {
    ...ids,
    ...Object.fromEntries(headers.filter(([name]) => name.toLowerCase() !== 'content-length')),
    'Content-Length': String(body.length),
  });
  response.end(body);
}
