import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Clock, systemClock } from '../clock.ts';
import { type Authenticator, makeAdminToken } from './auth.ts';
import { furnishNamespaces, seed } from './bootstrap.ts';
import { serveDefinitions } from './custom/definitions.ts';
import { collectGarbage } from './garbage.ts';
import { handle } from './http/handler.ts';
import { writeKubeconfig } from './kubeconfig.ts';
import { LogBook } from './logs.ts';
import { Registry } from './registry/registry.ts';
import type { StartRuntime } from './runtime.ts';
import { Store } from './store.ts';
import { makeServingCertificate } from './tls.ts';
import { startWebernetes } from './webernetes/start.ts';

export interface ClusterOptions {
  /** 0, the default, takes a free one. */
  readonly port?: number;
  /** Knows the users behind bearer tokens, besides the admin token. */
  readonly authenticator?: Authenticator;
  readonly clock?: Clock;
  /** What runs the pods; webernetes unless another is given. */
  readonly startRuntime?: StartRuntime;
}

export interface LaptopCluster {
  /** `https://127.0.0.1:<port>` */
  readonly url: string;
  readonly caPem: string;
  readonly adminToken: string;
  /** A kubeconfig file's text with one context of this name, as administrator. */
  kubeconfig(contextName: string): string;
  stop(): Promise<void>;
}

/**
 * Starts a Kubernetes API server on loopback, with controllers and pods behind it.
 *
 * This side owns the store: every object is JSON under one revision, written only through the registry's rules. The
 * runtime is a guest in that store (webernetes believes that it talks to its own etcd, see webernetes/state.ts), so its
 * narrower types can lose nothing that a client wrote.
 */
export async function startCluster(options: ClusterOptions = {}): Promise<LaptopCluster> {
  const clock = options.clock ?? systemClock;
  const adminToken = makeAdminToken();
  const authenticator = options.authenticator ?? (() => undefined);
  const registry = new Registry(new Store(), clock);
  const logs = new LogBook();
  const start = options.startRuntime ?? startWebernetes;
  const [certificate, runtime] = await Promise.all([
    makeServingCertificate(),
    start({ registry, logs, clock }),
  ]);
  seed(registry);
  const stops = [
    furnishNamespaces(registry, certificate.caPem),
    collectGarbage(registry, logs),
    serveDefinitions(registry),
  ];
  const server = createServer(
    { key: certificate.keyPem, cert: certificate.certificatePem },
    (request, response) => {
      void handle(request, response, { registry, logs, adminToken, authenticator });
    },
  );
  server.keepAliveTimeout = 60_000;
  try {
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
  } catch (error) {
    // Without this a port that is taken would leave controllers running behind no server.
    await runtime.stop();
    throw error;
  }
  const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    url,
    caPem: certificate.caPem,
    adminToken,
    kubeconfig: (contextName) => writeKubeconfig(contextName, url, certificate.caPem, adminToken),
    async stop() {
      for (const stop of stops) stop();
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
      await runtime.stop();
    },
  };
}
