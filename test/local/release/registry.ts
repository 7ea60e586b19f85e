import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer } from 'node:net';

/** An OCI registry that knows one tag of one image. */
export interface TinyRegistry {
  /** `127.0.0.1:<port>/<repository>:<tag>`. */
  readonly image: string;
  readonly pinned: string;
  close(): Promise<void>;
}

export async function startRegistry(): Promise<TinyRegistry> {
  const digest = `sha256:${'5'.repeat(64)}`;
  const server = createHttpServer((request, response) => {
    const isKnown = request.url === '/v2/shop/web/manifests/1.4';
    response.writeHead(isKnown ? 200 : 404, isKnown ? { 'Docker-Content-Digest': digest } : {}).end();
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const name = `127.0.0.1:${(server.address() as AddressInfo).port}/shop/web`;
  return {
    image: `${name}:1.4`,
    pinned: `${name}@${digest}`,
    close: () => new Promise((resolve) => server.close(() => resolve())),
  };
}

/** A loopback port that nobody listens on. */
export async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
