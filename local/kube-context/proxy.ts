import type { IncomingMessage, ServerResponse } from 'node:http';
import { createServer, request as httpsRequest, type RequestOptions } from 'node:https';
import { pipeline } from 'node:stream/promises';
import { KubeConfig } from '@kubernetes/client-node';
import type { Authenticator } from '../cluster/auth.ts';
import { makeServingCertificate } from '../cluster/tls.ts';
import { type Listening, listen } from '../http/listen.ts';

/** The kubeconfig has no such context. */
export class UnknownKubeContextError extends Error {
  override readonly name = 'UnknownKubeContextError';
  readonly context: string;

  constructor(context: string, known: readonly string[]) {
    super(
      `Kubernetes context "${context}" is not in the kubeconfig; there are: ${known.join(', ') || 'none'}`,
    );
    this.context = context;
  }
}

export interface KubeContextOptions {
  readonly context: string;
  /** Knows the users behind EKS's bearer tokens. */
  readonly authenticator: Authenticator;
  /** The user's kubeconfig; where kubectl looks for it unless given. */
  readonly kubeconfigFile?: string;
}

export interface KubeContextProxy extends Listening {
  readonly caPem: string;
  /** The user's own kubeconfig with this context only in front. */
  readonly kubeconfig: string;
}

/** Headers that belong to one connection, not to the request. */
const hopHeaders = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'upgrade',
  'authorization',
  'host',
]);

/**
 * Puts a cluster of the user's own in the place of an EKS cluster. Functions sign in with EKS tokens, which no other cluster
 * accepts: this checks them, and forwards the request with the user's own credentials.
 */
export async function startKubeContextProxy(options: KubeContextOptions): Promise<KubeContextProxy> {
  const config = loadContext(options);
  const certificate = await makeServingCertificate();
  const server = createServer(
    { key: certificate.keyPem, cert: certificate.certificatePem },
    (request, response) => {
      void forward(request, response, config, options.authenticator).catch(() => response.destroy());
    },
  );
  const listening = await listen(server, 0);
  return {
    ...listening,
    url: `https://127.0.0.1:${listening.port}`,
    caPem: certificate.caPem,
    kubeconfig: config.exportConfig(),
  };
}

function loadContext({ context, kubeconfigFile }: KubeContextOptions): KubeConfig {
  const config = new KubeConfig();
  if (kubeconfigFile === undefined) config.loadFromDefault();
  else config.loadFromFile(kubeconfigFile);
  if (!config.getContextObject(context)) {
    throw new UnknownKubeContextError(
      context,
      config.getContexts().map(({ name }) => name),
    );
  }
  config.setCurrentContext(context);
  return config;
}

async function forward(
  request: IncomingMessage,
  response: ServerResponse,
  config: KubeConfig,
  authenticator: Authenticator,
): Promise<void> {
  const token = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
  if (token === undefined || (await authenticator(token)) === undefined) return refuse(response);
  const base = new URL(config.getCurrentCluster()?.server ?? '');
  const target: RequestOptions = {
    host: base.hostname,
    port: base.port || 443,
    method: request.method,
    path: `${base.pathname.replace(/\/$/, '')}${request.url}`,
    headers: Object.fromEntries(Object.entries(request.headers).filter(([name]) => !hopHeaders.has(name))),
  };
  await config.applyToHTTPSOptions(target);
  const sent = httpsRequest(target, (answer) => {
    const headers = Object.entries(answer.headers).filter(([name]) => !hopHeaders.has(name));
    response.writeHead(answer.statusCode ?? 502, Object.fromEntries(headers));
    // A watch may be silent for long: its headers must not wait for its first event.
    response.flushHeaders();
    pipeline(answer, response).catch(() => response.destroy());
  });
  // A client that goes away ends its watch in the cluster, too.
  response.on('close', () => sent.destroy());
  sent.on('error', (error) => {
    if (response.headersSent) response.destroy();
    else status(response, 502, 'InternalError', `cluster ${base.host}: ${error.message}`);
  });
  request.pipe(sent);
}

const refuse = (response: ServerResponse): void => status(response, 401, 'Unauthorized', 'Unauthorized');

function status(response: ServerResponse, code: number, reason: string, message: string): void {
  response.writeHead(code, { 'content-type': 'application/json' });
  response.end(
    JSON.stringify({
      kind: 'Status',
      apiVersion: 'v1',
      metadata: {},
      status: 'Failure',
      message,
      reason,
      code,
    }),
  );
}
