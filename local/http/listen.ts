import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A server on loopback. */
export interface Listening {
  readonly port: number;
  /** `http://127.0.0.1:<port>`. */
  readonly url: string;
  close(): Promise<void>;
}

/** Longer than the SDKs keep an idle connection, so that none is closed under a request on its way. */
const keepAliveMilliseconds = 120_000;

/** Listens on 127.0.0.1 only; rejects when the port is taken. */
export async function listen(server: Server, port: number): Promise<Listening> {
  server.keepAliveTimeout = keepAliveMilliseconds;
  // Node ends any request after five minutes; uploads and long polls may take longer.
  server.requestTimeout = 0;
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      resolve();
    });
  });
  const bound = (server.address() as AddressInfo).port;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}
