import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { adviceText } from '#domain/advice-text.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import { podDemand } from '#domain/pod-demand.ts';
import { quantity } from '#domain/quantity.ts';
import type { PodSpec } from '#domain/workload.ts';
import { systemClock } from '../contract/cluster/system-clock.ts';
import { createDeploymentHarness, type DeploymentHarness } from '../unit/tasks/deployment-harness.ts';
import { plan } from '../unit/tasks/deployment-steps.ts';
import { sender } from './api.ts';
import { type Deployer, startDeployer } from './eks/deployer.ts';
import { makeNamespace } from './namespace.ts';

const plane = inject('plane');
const asAdmin = sender(plane, plane.adminToken);
const place = (namespace: string, resource: string) => `/api/v1/namespaces/${namespace}/${resource}`;

async function create(namespace: string, resource: string, body: object): Promise<void> {
  const answer = await asAdmin({ method: 'POST', path: place(namespace, resource), body });
  if (answer.status !== 201) throw new Error(JSON.stringify(answer.body));
}

describe('the advice of a plan on a real control plane (D6)', () => {
  const namespace = 'advised';
  let deployer: Deployer;
  let harness: DeploymentHarness;
  beforeAll(async () => {
    deployer = await startDeployer(plane, namespace);
    harness = await createDeploymentHarness({
      cluster: deployer.cluster,
      clock: systemClock,
      policy: { namespace },
    });
    const labels = { 'pod-security.kubernetes.io/warn': 'restricted' };
    const path = `/api/v1/namespaces/${namespace}`;
    await asAdmin({
      method: 'PATCH',
      path,
      body: { metadata: { labels } },
      contentType: 'application/merge-patch+json',
    });
  });
  afterAll(() => deployer?.stop());

  async function advised(objects: readonly KubernetesObject[]): Promise<readonly string[]> {
    const { plan: reference } = await plan(harness, objects);
    return ((await harness.documents.get<Plan>(reference.document)).advice ?? []).map(adviceText);
  }

  const digest = `@sha256:${'0'.repeat(64)}`;
  const web = (pod: object): KubernetesObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'web' } },
      template: {
        metadata: { labels: { app: 'web' } },
        spec: { containers: [{ name: 'main', image: `shop/web${digest}` }], ...pod },
      },
    },
  });

  it('is all that there is to know, with the rights of the documented roles', async () => {
    await create(namespace, 'secrets', { metadata: { name: 'db' }, data: { url: 'eA==' } });
    await create(namespace, 'resourcequotas', {
      metadata: { name: 'small' },
      spec: { hard: { 'requests.cpu': '1', 'limits.memory': '1Gi', pods: '2' } },
    });
    const env = [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'URL' } } }];
    const found = await advised([
      web({
        containers: [
          { name: 'main', image: `shop/web${digest}`, env, resources: { requests: { cpu: '500m' } } },
        ],
        serviceAccountName: 'runner',
        priorityClassName: 'high',
        runtimeClassName: 'gvisor',
        volumes: [{ name: 'v', persistentVolumeClaim: { claimName: 'files' } }],
      }),
    ]);
    const nowhere = (what: string) =>
      `Deployment.apps advised/web: names ${what}, which is neither in the release nor in the cluster; its pods will not start`;
    expect(found.filter((text) => !text.includes('violate'))).toEqual([
      "Deployment.apps advised/web: names key 'URL' of Secret advised/db, which it does not have; there is 'url'; its pods will not start",
      ...[
        'PersistentVolumeClaim advised/files',
        'ServiceAccount advised/runner',
        'RuntimeClass.node.k8s.io gvisor',
        'PriorityClass.scheduling.k8s.io high',
      ].map(nowhere),
      "Deployment.apps advised/web: does not say limits.memory of container 'main', which ResourceQuota advised/small counts; its pods are refused",
      'ResourceQuota advised/small: requests.cpu: Deployment.apps advised/web needs 1.5; the quota is 1, 0 is used, and 0 of it is given back; not all of it will start',
      'ResourceQuota advised/small: pods: Deployment.apps advised/web needs 3; the quota is 2, 0 is used, and 0 of it is given back; not all of it will start',
    ]);
    expect(found.find((text) => text.includes('violate'))).toMatch(
      /^Deployment.apps advised\/web: its pods violate PodSecurity "restricted:latest" and may be refused: allowPrivilegeEscalation/,
    );
  });
});

describe("a pod's demand, as the quota of a real control plane counts it", () => {
  const namespace = 'counted';
  const resources = ['requests.cpu', 'requests.memory', 'limits.cpu', 'limits.memory'];
  const limits = { cpu: '400m', memory: '256Mi' };
  const defaults = { cpu: '100m', memory: '64Mi' };
  beforeAll(async () => {
    await makeNamespace(plane, namespace);
    await create(namespace, 'limitranges', {
      metadata: { name: 'defaults' },
      spec: { limits: [{ type: 'Container', default: limits, defaultRequest: defaults }] },
    });
    const hard = Object.fromEntries(resources.map((name) => [name, '100Gi']));
    await create(namespace, 'resourcequotas', { metadata: { name: 'all' }, spec: { hard } });
  });

  async function used(): Promise<Readonly<Record<string, number>>> {
    const { body } = await asAdmin({ path: `${place(namespace, 'resourcequotas')}/all` });
    return Object.fromEntries(
      resources.map((name) => [name, quantity(body.status?.used?.[name] ?? 0) ?? 0] as const),
    );
  }
  const container = (name: string, more: object = {}) => ({ name, image: 'shop/web:1', ...more });
  const says = (requests: object, limited: object = {}) => ({ resources: { requests, limits: limited } });
  const sidecar = { restartPolicy: 'Always' };

  it.each<[string, object]>([
    ['defaults', { containers: [container('a')] }],
    ['requests-only', { containers: [container('a', says({ cpu: '150m' }))] }],
    ['limits-only', { containers: [container('a', says({}, { cpu: '300m', memory: '1Gi' }))] }],
    ['several', { containers: [container('a', says({ cpu: '50m' })), container('b')] }],
    [
      'largest-init',
      {
        containers: [container('a')],
        initContainers: [container('i', says({ cpu: '350m' })), container('j', says({ memory: '200Mi' }))],
      },
    ],
    [
      'sidecars',
      {
        containers: [container('a', says({ cpu: '100m' }))],
        initContainers: [
          container('s', { ...sidecar, ...says({ cpu: '200m' }) }),
          container('i', says({ cpu: '390m' })),
          container('t', { ...sidecar, ...says({ cpu: '50m' }) }),
        ],
      },
    ],
    [
      'pod-level',
      {
        containers: [container('a')],
        resources: { requests: { cpu: '1' }, limits: { cpu: '2', memory: '1Gi' } },
      },
    ],
  ])('%s', async (name, spec) => {
    const before = await used();
    await create(namespace, 'pods', {
      metadata: { name },
      spec: { ...spec, nodeSelector: { never: 'there' } },
    });
    const expected = podDemand(spec as PodSpec, { requests: defaults, limits });
    const after = await used();
    for (const resource of resources)
      expect([resource, (after[resource] ?? 0) - (before[resource] ?? 0)]).toEqual([
        resource,
        expect.closeTo(expected[resource] ?? 0, 6),
      ]);
  });
});
