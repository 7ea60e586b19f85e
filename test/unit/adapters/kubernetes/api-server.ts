import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createApiClient } from '#adapters/kubernetes/api-client.ts';
import { createKubernetesCluster } from '#adapters/kubernetes/cluster.ts';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { instant } from '#domain/instant.ts';
import type { Cluster } from '#ports/cluster.ts';

export interface ScriptedAnswer {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface SeenRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** An API server that answers what it is told, in order (the last answer again and again), and keeps what it was asked. */
export async function startScriptedServer(answers: readonly ScriptedAnswer[]) {
  const seen: SeenRequest[] = [];
  const pauses: number[] = [];
  let forgotten = 0;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = request;
    const answer = answers[Math.min(seen.length, answers.length - 1)];
    seen.push({ method, url, headers, body: Buffer.concat(chunks).toString('utf8') });
    const body = typeof answer?.body === 'string' ? answer.body : JSON.stringify(answer?.body);
    response
      .writeHead(answer?.status ?? 500, { 'content-type': 'application/json', ...answer?.headers })
      .end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    {
      name: 'main',
      server: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      skipTLSVerify: true,
    },
    { name: 'tidegate', token: 'bearer-token' },
  );
  const clock = {
    now: () => instant(Date.now()),
    async sleep(milliseconds: number) {
      pauses.push(milliseconds);
    },
  };
  const source = {
    current: async () => config,
    forget() {
      forgotten += 1;
    },
  };
  const cluster: Cluster = createKubernetesCluster(
    createApiClient(createConnection(source), 'main', clock),
    clock,
  );
  return {
    cluster,
    seen,
    pauses,
    forgotten: () => forgotten,
    stop: () =>
      new Promise<void>((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** A Kubernetes Status as the API server words it. */
export function status(code: number, message: string, more: object = {}): ScriptedAnswer {
  return {
    status: code,
    body: { kind: 'Status', apiVersion: 'v1', status: 'Failure', message, code, ...more },
  };
}
