import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from '#tasks/parts/in-parallel.ts';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { systemClock } from './system-clock.ts';
import { startUnsteadyProxy, type UnsteadyProxy } from './unsteady-proxy.ts';

const namespace = 'shop';
const services = { apiVersion: 'v1', kind: 'Service', namespaced: true, optional: false } as const;

function configMap(name: string, value = '1'): KubernetesObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name, namespace }, data: { value } };
}

/** As the state machine does: what is unavailable is tried again, and nothing else. */
async function retried<Value>(work: () => Promise<Value>): Promise<Value> {
  for (let tried = 1; ; tried += 1) {
    try {
      return await work();
    } catch (error) {
      if ((error as Error).name !== 'ClusterUnavailableError' || tried === 7) throw error;
    }
  }
}

describe('a cluster on a bad day', () => {
  let laptop: LaptopCluster;
  let proxy: UnsteadyProxy;
  let cluster: Cluster;
  beforeAll(async () => {
    laptop = await startCluster();
    const direct = new KubeConfig();
    direct.loadFromString(laptop.kubeconfig('laptop'));
    const server = direct.getCurrentCluster()?.server ?? '';
    proxy = await startUnsteadyProxy(Number(new URL(server).port));
    const config = new KubeConfig();
    config.loadFromString(laptop.kubeconfig('laptop').replaceAll(server, `https://127.0.0.1:${proxy.port}`));
    cluster = createKubeConfigCluster(config, systemClock);
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');
  });
  afterAll(async () => {
    await proxy?.stop();
    await laptop?.stop();
  });

  const applyAll = (prefix: string) =>
    inParallel(
      Array.from({ length: 60 }, (_, index) => configMap(`${prefix}-${index}`)),
      async (object) => {
        const result = await retried(() => cluster.apply(object, 'write'));
        const live = await retried(() => cluster.read(addressOf(object)));
        return result.kind === 'applied' && live?.metadata.uid === result.object.metadata.uid;
      },
    );

  it('that cuts connections takes every object, each once', async () => {
    const cutting = setInterval(() => proxy.reset(), 30);
    const applied = await applyAll('cut');
    clearInterval(cutting);
    expect(applied).toEqual(Array.from({ length: 60 }, () => true));
  });

  it('that restarts in mid-apply takes every object, each once', async () => {
    setTimeout(() => proxy.refuse(true), 20);
    setTimeout(() => proxy.refuse(false), 1_200);
    expect(await applyAll('restart')).toEqual(Array.from({ length: 60 }, () => true));
  });

  it('that answers slowly is waited for', async () => {
    proxy.delay(300);
    const applied = await retried(() => cluster.apply(configMap('slow'), 'write'));
    proxy.delay(0);
    expect(applied.kind).toBe('applied');
  });

  it('is watched on where the connection broke: what happened meanwhile is not missed', async () => {
    const watch = await cluster.watch({ namespaces: [namespace], kinds: [services] });
    const seen = () => (watch.evidence()['/Service'] ?? []).map(({ metadata }) => metadata.name);
    proxy.refuse(true);
    const direct = new KubeConfig();
    direct.loadFromString(laptop.kubeconfig('laptop'));
    await createKubeConfigCluster(direct, systemClock).apply(
      {
        apiVersion: 'v1',
        kind: 'Service',
        metadata: { name: 'made-meanwhile', namespace },
        spec: { ports: [{ port: 80, protocol: 'TCP' }] },
      },
      'write',
    );
    proxy.refuse(false);
    const deadline = Date.now() + 10_000;
    while (!seen().includes('made-meanwhile') && Date.now() < deadline) await watch.next(500);
    watch.close();
    expect(seen()).toContain('made-meanwhile');
  });
});
