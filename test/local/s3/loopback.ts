import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { AwsRequest, AwsService } from '../../../local/http/service.ts';

export interface Loopback {
  readonly endpoint: string;
  close(): Promise<void>;
}

/** Puts one service on a port of its own, so that a real SDK client can talk to it. */
export async function serveOnLoopback(service: AwsService): Promise<Loopback> {
  const server = createServer(async (incoming, outgoing) => {
    const url = new URL(incoming.url ?? '/', 'http://127.0.0.1');
    const headers = Object.fromEntries(
      Object.entries(incoming.headers).map(([name, value]) => [
        name,
        Array.isArray(value) ? value.join(',') : (value ?? ''),
      ]),
    );
    const scope = /Credential=([^/]+)\/\d+\/([^/]+)\//.exec(headers.authorization ?? '');
    const request: AwsRequest = {
      method: incoming.method ?? 'GET',
      path: (incoming.url ?? '/').split('?')[0] ?? '/',
      query: url.searchParams,
      headers,
      body: incoming,
      readBody: () => buffer(incoming),
      region: scope?.[2] ?? 'us-east-1',
      ...(scope?.[1] ? { accessKeyId: scope[1] } : {}),
    };
    try {
      const answer = await service.handle(request);
      outgoing.writeHead(answer.status, { ...answer.headers });
      if (answer.body instanceof Readable) answer.body.on('error', () => outgoing.destroy()).pipe(outgoing);
      else outgoing.end(answer.body);
    } catch (error) {
      outgoing.writeHead(599).end(String(error instanceof Error ? error.stack : error));
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      await service.stop?.();
    },
  };
}

/** What every SDK client of these tests is made with. */
export const clientOptions = (endpoint: string) => ({
  endpoint,
  region: 'us-east-1',
  credentials: { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' },
});

/** The error a promise was rejected with. */
export async function errorOf(promise: Promise<unknown>): Promise<Error & Record<string, unknown>> {
  try {
    await promise;
  } catch (error) {
    return error as Error & Record<string, unknown>;
  }
  throw new Error('Promise was fulfilled, not rejected');
}
