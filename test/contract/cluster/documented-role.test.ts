import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createApiClient } from '#adapters/kubernetes/api-client.ts';
import { createKubernetesCluster } from '#adapters/kubernetes/cluster.ts';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { partOfLabel } from '#domain/applyset.ts';
import { addressOf, groupOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import {
  createDeploymentHarness,
  type DeploymentHarness,
  namespace,
} from '../../unit/tasks/deployment-harness.ts';
import { describeDeployment } from '../../unit/tasks/deployment-scenarios.suite.ts';
import { createRightsRecorder, documentedRights } from './documented-role.ts';
import { systemClock } from './system-clock.ts';

const metadata = (name: string) => ({ name, namespace });
/** One object of each kind that the Role is for and the scenarios hold none of, or do not prune. */
const others: readonly KubernetesObject[] = [
  { apiVersion: 'v1', kind: 'ConfigMap', metadata: metadata('other') },
  { apiVersion: 'v1', kind: 'Secret', metadata: metadata('other'), stringData: { a: 'b' } },
  { apiVersion: 'v1', kind: 'ServiceAccount', metadata: metadata('other') },
  { apiVersion: 'v1', kind: 'Service', metadata: metadata('other'), spec: { ports: [{ port: 80 }] } },
  {
    apiVersion: 'policy/v1',
    kind: 'PodDisruptionBudget',
    metadata: metadata('other'),
    spec: { maxUnavailable: 1, selector: { matchLabels: { app: 'other' } } },
  },
  {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: metadata('other'),
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: 'other' } },
      template: {
        metadata: { labels: { app: 'other' } },
        spec: { containers: [{ name: 'main', image: 'shop/web:1' }] },
      },
    },
  },
];

const soughtKinds = [
  { apiVersion: 'v1', kind: 'PersistentVolumeClaim', namespaced: true },
  { apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass', namespaced: false },
  { apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass', namespaced: false },
  { apiVersion: 'scheduling.k8s.io/v1', kind: 'PriorityClass', namespaced: false },
  { apiVersion: 'node.k8s.io/v1', kind: 'RuntimeClass', namespaced: false },
];

/** Asked for only in clusters whose discovery lists the kind, which the laptop's does not. */
const askedWhereServed = { 'scaledobjects.keda.sh': ['list'] };

describe("the Role of docs/install.md, and a deployment's requests", () => {
  const recorder = createRightsRecorder();
  let laptop: LaptopCluster;
  let harness: DeploymentHarness;
  beforeAll(async () => {
    laptop = await startCluster();
    const config = new KubeConfig();
    config.loadFromString(laptop.kubeconfig('laptop'));
    const space = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } };
    await createKubeConfigCluster(config, systemClock).apply(space, 'write');
    const connection = createConnection({ current: async () => config, forget: () => {} });
    const recorded = {
      ...connection,
      send: (request: Parameters<typeof connection.send>[0]) => {
        recorder.record(request);
        return connection.send(request);
      },
      open: (request: Parameters<typeof connection.open>[0]) => {
        recorder.record(request);
        return connection.open(request);
      },
    };
    const cluster = createKubernetesCluster(createApiClient(recorded, 'laptop', systemClock), systemClock);
    harness = await createDeploymentHarness({ cluster, clock: systemClock, stabilityWindowSeconds: 1 });
    for (const object of others) {
      await cluster.apply(object, 'dry-run');
      const result = await cluster.apply(object, 'write');
      if (result.kind !== 'applied') throw new Error(`${object.kind}: ${JSON.stringify(result)}`);
      const live = await cluster.read(addressOf(object));
      await cluster.remove(addressOf(object), live?.metadata.uid ?? '');
      const { apiVersion, kind } = object;
      await cluster.list({ apiVersion, kind, namespace });
      await cluster.listLabelled({ apiVersion, kind, namespace, label: partOfLabel, value: 'none' });
    }
    await cluster.list({ apiVersion: 'apps/v1', kind: 'ControllerRevision', namespace });
    // As a plan looks for them that names them: few one by one, more by a list.
    for (const { namespaced, ...sought } of soughtKinds) {
      const place = namespaced ? { namespace } : {};
      await cluster.read({ ...sought, ...place, group: groupOf(sought.apiVersion), name: 'sought' });
      await cluster.list({ ...sought, ...place });
    }
  });
  afterAll(() => laptop?.stop());

  describeDeployment(() => harness, {
    runs: (version) => `shop/web:${version}`,
    crashes: (version) => `shop/web-crash:${version}`,
    lastWords: 'cannot read configuration',
  });

  it('name the same verbs for the same resources, none missing and none too many', () => {
    expect({ ...recorder.rights(), ...askedWhereServed }).toEqual(documentedRights());
  });
});
