import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { describe, inject } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { describeCluster } from '../contract/cluster/cluster.suite.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { applyingAs } from './apply-as.ts';
import { makeNamespace } from './namespace.ts';

const plane = inject('plane');

describe.skipIf(plane.missingForNodes.length > 0)('the contract on a real control plane', () => {
  describeCluster('Kubernetes adapter, as administrator', async () => {
    const namespace = await makeNamespace(plane, 'contract-admin');
    const config = new KubeConfig();
    config.loadFromFile(plane.kubeconfigFile);
    return {
      cluster: createKubeConfigCluster(config, systemClock),
      namespace,
      applyAs: applyingAs(plane),
      images: { runs: 'shop/web:1', crashes: 'shop/web-crash:1', lastWords: 'cannot read configuration' },
      stop: async () => {},
    };
  });
});
