import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { startCluster } from '../../../local/cluster/server.ts';
import { describeCluster } from './cluster.suite.ts';
import { systemClock } from './system-clock.ts';

describeCluster('Kubernetes adapter over the laptop cluster', async () => {
  const laptop = await startCluster();
  const config = new KubeConfig();
  config.loadFromString(laptop.kubeconfig('laptop'));
  const cluster = createKubeConfigCluster(config, systemClock);
  const connection = createConnection({ current: async () => config, forget: () => {} });
  const namespace = 'shop';
  await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');

  async function applyAs(manager: string, object: KubernetesObject): Promise<void> {
    const [fieldManager = manager, subresource] = manager.split('/');
    const { group, name, kind } = addressOf(object);
    const root = group === '' ? '/api/v1' : `/apis/${object.apiVersion}`;
    const path = `${root}/namespaces/${namespace}/${kind.toLowerCase()}s/${name}`;
    const answer =
      subresource === 'scale'
        ? await connection.send({
            method: 'PATCH',
            path: `${path}/scale`,
            query: { fieldManager },
            contentType: 'application/merge-patch+json',
            body: { spec: { replicas: (object.spec as { replicas: number }).replicas } },
          })
        : await connection.send({
            method: 'PATCH',
            path,
            query: { fieldManager, force: 'true' },
            contentType: 'application/apply-patch+yaml',
            body: object,
          });
    if (answer.status >= 300) throw new Error(`${answer.status} ${answer.body}`);
  }

  return {
    cluster,
    namespace,
    applyAs,
    images: { runs: 'shop/web:1', crashes: 'shop/web-crash:1', lastWords: 'cannot read configuration' },
    stop: () => laptop.stop(),
  };
});
