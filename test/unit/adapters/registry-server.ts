import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface RegistryServer {
  /** `127.0.0.1:<port>`. */
  readonly host: string;
  /** Method, path and authorization of each request, in order. */
  readonly requests: string[];
  close(): Promise<void>;
}

/** A small OCI registry: `answers` by path; whatever else is asked for is not there. */
export async function serveRegistry(
  answers: Readonly<Record<string, (request: IncomingMessage, response: ServerResponse) => void>>,
): Promise<RegistryServer> {
  const requests: string[] = [];
  const server = createServer((request, response) => {
    const { method = '', url = '', headers } = request;
    requests.push([method, url, headers.authorization].filter((part) => part !== undefined).join(' '));
    const answer = answers[url.split('?')[0] ?? ''];
    if (answer === undefined) response.writeHead(404).end();
    else answer(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
