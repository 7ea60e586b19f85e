import { createServer, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterEach, describe, expect, it } from 'vitest';
import { createApiClient } from '#adapters/kubernetes/api-client.ts';
import { createKubernetesCluster } from '#adapters/kubernetes/cluster.ts';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { ClusterUnavailableError, ConfigurationError, ThrottledError } from '#domain/errors.ts';
import { instant } from '#domain/instant.ts';
import type { Cluster } from '#ports/cluster.ts';
import { makeServingCertificate } from '../../../../local/cluster/tls.ts';

const clock = { now: () => instant(0), sleep: async () => {} };
const pods = { apiVersion: 'v1', kind: 'Pod', namespaced: true, optional: false };
const address = { apiVersion: 'v1', group: '', kind: 'ConfigMap', namespace: 'shop', name: 'web' };

/** A cluster whose settings come from `current`, and how often they were asked for. */
function clusterOf(current: () => Promise<KubeConfig>): { cluster: Cluster; asked: () => number } {
  let asked = 0;
  const source = {
    current: () => {
      asked += 1;
      return current();
    },
    forget: () => {},
  };
  const client = createApiClient(createConnection(source), 'main', clock);
  return { cluster: createKubernetesCluster(client, clock), asked: () => asked };
}

function configOf(server: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser({ name: 'main', server, skipTLSVerify: true }, { name: 'tidegate' });
  return config;
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
});
async function serve(onRequest: Parameters<typeof createServer>[1]): Promise<string> {
  const started = createServer(onRequest as never);
  servers.push(started);
  await new Promise<void>((resolve) => started.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(started.address() as AddressInfo).port}`;
}

describe('what is no failure of the network is not taken for a cluster that is away', () => {
  it.each([
    ['a cluster that does not exist', new ConfigurationError("EKS cluster 'main': does not exist")],
    ['a throttled question for its endpoint', new ThrottledError("EKS cluster 'main': slow down")],
    ['an endpoint that is not known just now', new ClusterUnavailableError("EKS cluster 'main': internal")],
    ['a defect', new TypeError("cannot read properties of undefined (reading 'server')")],
  ])('%s is thrown as it is, once', async (_, error) => {
    const { cluster, asked } = clusterOf(async () => {
      throw error;
    });
    await expect(cluster.read(address)).rejects.toBe(error);
    expect(asked()).toBe(1);
    await expect(cluster.watch({ namespaces: ['shop'], kinds: [pods] })).rejects.toBe(error);
  });

  it('a server address that is none is a defect, though its error has a code', async () => {
    const { cluster, asked } = clusterOf(async () => configOf('nowhere'));
    await expect(cluster.read(address)).rejects.toMatchObject({ code: 'ERR_INVALID_URL' });
    expect(asked()).toBe(1);
  });
});

describe('what is a failure of the network is tried again and then named', () => {
  it.each<[string, () => Promise<string>, string]>([
    ['nobody listens', async () => 'http://127.0.0.1:1', 'nothing listens there'],
    [
      'the connection is cut before the answer',
      async () => `http://${await serve((request) => request.socket.destroy())}`,
      'socket hang up',
    ],
    [
      'the connection is cut within the answer',
      async () =>
        `http://${await serve((_, response) => {
          response.writeHead(200, { 'content-length': '100' }).write('{');
          setTimeout(() => response.destroy(), 5);
        })}`,
      'aborted',
    ],
    ['it does not speak TLS', async () => `https://${await serve(() => {})}`, 'wrong version number'],
  ])('when %s', async (_, address_, words) => {
    const at = await address_();
    const { cluster, asked } = clusterOf(async () => configOf(at));
    await expect(cluster.read(address)).rejects.toMatchObject({
      name: 'ClusterUnavailableError',
      message: expect.stringContaining(words),
    });
    expect(asked()).toBe(5);
  });
});

describe('what may have moved is looked up again (K5)', () => {
  /** A cluster whose settings are `old` until they are looked up again. */
  async function readAfterMove(old: KubeConfig, current: KubeConfig) {
    let forgotten = 0;
    const source = {
      current: async () => (forgotten === 0 ? old : current),
      forget: () => {
        forgotten += 1;
      },
    };
    const cluster = createKubernetesCluster(createApiClient(createConnection(source), 'main', clock), clock);
    return { read: await cluster.read(address), forgotten };
  }

  it('another address', async () => {
    const current = configOf(`http://${await serve((_, response) => response.end('{}'))}`);
    expect(await readAfterMove(configOf('http://127.0.0.1:1'), current)).toEqual({ read: {}, forgotten: 1 });
  });

  it('another certificate authority', async () => {
    const [old, current] = await Promise.all([makeServingCertificate(), makeServingCertificate()]);
    const server = createTlsServer({ cert: current.certificatePem, key: current.keyPem }, (_, response) =>
      response.end('{}'),
    );
    servers.push(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const configWith = ({ caPem }: { readonly caPem: string }) => {
      const config = new KubeConfig();
      config.loadFromClusterAndUser(
        {
          name: 'main',
          server: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
          caData: Buffer.from(caPem).toString('base64'),
          skipTLSVerify: false,
        },
        { name: 'tidegate' },
      );
      return config;
    };
    expect(await readAfterMove(configWith(old), configWith(current))).toEqual({ read: {}, forgotten: 1 });
  });
});
