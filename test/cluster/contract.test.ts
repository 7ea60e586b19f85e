import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { describe, expect, inject, it } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { describeCluster } from '../contract/cluster/cluster.suite.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { applyingAs } from './apply-as.ts';
import { requestsOfGroup } from './audit.ts';
import { contractDifferences } from './differences.ts';
import { deployersGroup } from './eks/access-entries.ts';
import { type Deployer, startDeployer } from './eks/deployer.ts';
import { makeNamespace } from './namespace.ts';

const plane = inject('plane');
const images = { runs: 'shop/web:1', crashes: 'shop/web-crash:1', lastWords: 'cannot read configuration' };
const applyAs = applyingAs(plane);

describe.skipIf(plane.missingForNodes.length > 0)('the contract on a real control plane', () => {
  describeCluster(
    'Kubernetes adapter, as administrator',
    async () => {
      const config = new KubeConfig();
      config.loadFromFile(plane.kubeconfigFile);
      const cluster = createKubeConfigCluster(config, systemClock);
      const namespace = await makeNamespace(plane, 'contract-administrator');
      return { cluster, namespace, applyAs, images, stop: async () => {} };
    },
    contractDifferences.administrator,
  );

  let deployer: Deployer;
  describeCluster(
    'Kubernetes adapter over EKS, in the documented Role alone',
    async () => {
      deployer = await startDeployer(plane, 'contract-deployer');
      return { ...deployer, applyAs, images };
    },
    contractDifferences.deployer,
  );

  it('asked in the documented Role for nothing that it does not permit', () => {
    const requests = requestsOfGroup(plane.auditFile, deployersGroup);
    const inNamespace = requests.filter(({ requestURI }) => requestURI.includes('/contract-deployer/'));
    expect(inNamespace.length).toBeGreaterThan(30);
    const forbidden = inNamespace.filter(({ responseStatus }) => responseStatus.code === 403);
    // What the listed difference asks for, and nothing else.
    expect(forbidden.map(({ verb, objectRef }) => `${verb} ${objectRef?.resource}`)).toEqual([
      'watch configmaps',
    ]);
  });

  it('tells a deployer of a namespace that it may not work in nothing but what it lacks', async () => {
    const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a', namespace: 'not-there' } };
    await expect(deployer.cluster.apply(object, 'dry-run')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('cannot patch resource "configmaps"'),
    });
  });
});
