import http from 'node:http';
import https from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Instant } from '#domain/instant.ts';
import { version } from '#domain/version.ts';

/** One request to the API server; bodies are raw JSON and nothing of them is dropped (KUBERNETES.md CL1, CL3). */
export interface ApiRequest {
  readonly method: 'GET' | 'PATCH' | 'POST' | 'PUT' | 'DELETE';
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly contentType?: string;
  /** Looked at when nothing is left to do but to send. */
  readonly permit?: { isFresh(): boolean };
  /** What of the object is wanted; all of it unless said. */
  readonly accept?: string;
}

export interface ApiAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

/** A long answer that is read line by line, a watch. */
export interface ApiStream {
  readonly status: number;
  readonly response: http.IncomingMessage;
  close(): void;
}

/** A connection to one API server: TLS and authentication from a KubeConfig, connections kept alive (L4). */
export interface Connection {
  send(request: ApiRequest): Promise<ApiAnswer>;
  open(request: ApiRequest): Promise<ApiStream>;
  /** The next request asks for fresh credentials and the address; by `serverTime` where that clock differs from ours. */
  forgetCredentials(serverTime?: Instant): void;
}

/** Gives the KubeConfig to speak with now; it is asked before every request and caches what may be cached. */
export interface KubeConfigSource {
  current(): Promise<KubeConfig>;
  /** `serverTime`: what the server's clock says, if it is known to have refused us by it. */
  forget(serverTime?: Instant): void;
}

/**
 * The way to the API server failed: no route, no name, no TLS, a connection that broke. Nothing else is one, so that a
 * setting that is wrong or a defect is not taken for a cluster that is away.
 */
export class ConnectionBrokenError extends Error {
  override readonly name = 'ConnectionBrokenError';
  /** As Node names it, `ECONNREFUSED`. */
  readonly code: string;

  constructor(cause: NodeJS.ErrnoException) {
    super(cause.message, { cause });
    this.code = cause.code ?? '';
  }
}

/** The request was not sent: what permits it has to be looked at again. */
export class NotPermittedError extends Error {
  override readonly name = 'NotPermittedError';
}

const requestTimeoutMilliseconds = 20_000;
// Ten requests in flight (KUBERNETES.md L3), and a watch for each kind in each namespace of a release.
const maximumSockets = 256;

type RequestOptions = https.RequestOptions;

/** Connections that are kept alive, to be shared by those who speak to one cluster. */
export type Agents = Map<string, http.Agent>;

export interface ConnectionSettings {
  /** What the cluster's audit log names us by. */
  readonly userAgent?: string;
  readonly agents?: Agents;
}

/** Opens nothing yet: connections are made by the first requests. */
export function createConnection(
  source: KubeConfigSource,
  { userAgent = `tidegate/${version}`, agents = new Map() }: ConnectionSettings = {},
): Connection {
  async function start({
    method,
    path,
    query,
    body,
    contentType,
    accept = 'application/json',
    permit,
  }: ApiRequest): Promise<http.IncomingMessage> {
    const config = await source.current();
    const server = config.getCurrentCluster()?.server ?? '';
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const url = new URL(server.replace(/\/$/, '') + path);
    for (const [key, value] of Object.entries(query ?? {})) url.searchParams.set(key, value);
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const headers = {
      ...(options.headers as http.OutgoingHttpHeaders | undefined),
      accept,
      'user-agent': userAgent,
      ...(payload === undefined
        ? {}
        : {
            'content-type': contentType ?? 'application/json',
            'content-length': Buffer.byteLength(payload),
          }),
    };
    const agent = keepAliveAgent(agents, url, options);
    if (permit?.isFresh() === false) throw new NotPermittedError();
    return await exchange(
      url,
      {
        method,
        headers,
        agent,
        timeout: requestTimeoutMilliseconds,
        ...(options.auth ? { auth: options.auth } : {}),
      },
      payload,
    );
  }

  return {
    async send(request) {
      const response = await start(request);
      return {
        status: response.statusCode ?? 0,
        headers: response.headers,
        body: await readBody(response),
      };
    },
    async open(request) {
      const response = await start(request);
      response.socket.setTimeout(0);
      return { status: response.statusCode ?? 0, response, close: () => response.destroy() };
    },
    forgetCredentials: (serverTime) => source.forget(serverTime),
  };
}

/** The rest of an answer. Throws ConnectionBrokenError when it ends early. */
export async function readBody(response: http.IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  try {
    for await (const chunk of response) chunks.push(chunk as Buffer);
  } catch (error) {
    throw new ConnectionBrokenError(error as NodeJS.ErrnoException);
  }
  return Buffer.concat(chunks).toString('utf8');
}

// client-node's own agents do not keep connections alive: ours do, with the TLS options that it worked out.
function keepAliveAgent(agents: Agents, url: URL, options: RequestOptions): http.Agent {
  const { ca, cert, key, servername, rejectUnauthorized } = options;
  const identity = JSON.stringify([
    url.origin,
    ca?.toString(),
    cert?.toString(),
    servername,
    rejectUnauthorized,
  ]);
  const known = agents.get(identity);
  if (known !== undefined) return known;
  const shared = { keepAlive: true, maxSockets: maximumSockets };
  const tls = Object.fromEntries(
    Object.entries({ ca, cert, key, servername, rejectUnauthorized }).filter(
      ([, value]) => value !== undefined,
    ),
  );
  const agent = url.protocol === 'http:' ? new http.Agent(shared) : new https.Agent({ ...shared, ...tls });
  agents.set(identity, agent);
  return agent;
}

function exchange(
  url: URL,
  options: RequestOptions,
  payload: string | undefined,
): Promise<http.IncomingMessage> {
  const { request } = url.protocol === 'http:' ? http : https;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, options, resolve);
    outgoing.on('timeout', () => {
      outgoing.destroy(
        Object.assign(new Error(`no answer within ${requestTimeoutMilliseconds / 1000} s`), {
          code: 'ETIMEDOUT',
        }),
      );
    });
    outgoing.on('error', (error) => reject(new ConnectionBrokenError(error)));
    outgoing.end(payload);
  });
}
