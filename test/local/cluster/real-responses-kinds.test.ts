import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { callerOf, type Json, withoutRuntime } from './api.ts';
import { isRecorded, masked, object, recorded } from './recorded.ts';

const core = '/api/v1/namespaces/default';
const statefulSets = '/apis/apps/v1/namespaces/default/statefulsets';
const widgets = '/apis/ex.io/v1/namespaces/default/widgets';

const job = (text: string): Json =>
  object('batch/v1', 'Job', 'mig', {
    spec: {
      backoffLimit: 0,
      template: {
        spec: {
          restartPolicy: 'Never',
          containers: [
            {
              name: 'c',
              image: 'localhost/bb:1',
              imagePullPolicy: 'Never',
              command: ['sh', '-c', `echo ${text}`],
            },
          ],
        },
      },
    },
  });

const claimTemplate = (storage: string): Json => ({
  metadata: { name: 'd' },
  spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
});

const database = (storage: string): Json =>
  object('apps/v1', 'StatefulSet', 'db', {
    spec: {
      serviceName: 'db',
      replicas: 0,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'c', image: 'localhost/bb:1' }] },
      },
      volumeClaimTemplates: [claimTemplate(storage)],
    },
  });

const orphaned = (serviceName: string): Json =>
  object('apps/v1', 'StatefulSet', 'orp', {
    spec: {
      serviceName,
      replicas: 1,
      selector: { matchLabels: { app: 'orp' } },
      template: {
        metadata: { labels: { app: 'orp' } },
        spec: {
          containers: [
            { name: 'c', image: 'localhost/bb:1', imagePullPolicy: 'Never', command: ['sleep', '3600'] },
          ],
        },
      },
    },
  });

const claim = (storage: string): Json =>
  object('v1', 'PersistentVolumeClaim', 'p1', {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });

const definition = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.ex.io' },
  spec: {
    group: 'ex.io',
    names: { kind: 'Widget', plural: 'widgets' },
    scope: 'Namespaced',
    versions: [
      {
        name: 'v1',
        served: true,
        storage: true,
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: {
                type: 'object',
                properties: { size: { type: 'integer' } },
                'x-kubernetes-validations': [{ rule: 'self.size < 10', message: 'size must be < 10' }],
              },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
        subresources: { status: {} },
      },
    ],
  },
};

const widget = (spec: Json) => object('ex.io/v1', 'Widget', 'w', { spec });

type Ask = (api: ReturnType<typeof callerOf>) => Promise<{ text: string }>;

/** In the order of the recording: later answers depend on earlier requests. */
const steps: readonly [string, Ask][] = [
  ['13-job-create', ({ apply }) => apply('/apis/batch/v1/namespaces/default/jobs/mig', job('hi'))],
  [
    '14-job-immutable-template',
    ({ apply }) => apply('/apis/batch/v1/namespaces/default/jobs/mig', job('v2')),
  ],
  ['15-sts-create', ({ apply }) => apply(`${statefulSets}/db`, database('1Gi'))],
  ['16-sts-immutable-vct', ({ apply }) => apply(`${statefulSets}/db`, database('2Gi'))],
  ['27-pvc-create', ({ apply }) => apply(`${core}/persistentvolumeclaims/p1`, claim('2Gi'))],
  ['28-pvc-shrink', ({ apply }) => apply(`${core}/persistentvolumeclaims/p1`, claim('1Gi'))],
  [
    '35-quota-create',
    ({ apply }) =>
      apply(
        `${core}/resourcequotas/q`,
        object('v1', 'ResourceQuota', 'q', { spec: { hard: { configmaps: '3', pods: '50' } } }),
      ),
  ],
  [
    '58-crd-create',
    ({ apply }) => apply('/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.ex.io', definition),
  ],
  ['59-cr-cel-invalid', ({ apply }) => apply(`${widgets}/w`, widget({ size: 50 }))],
  ['60-cr-unknown-field-ssa', ({ apply }) => apply(`${widgets}/w`, widget({ size: 5, sizee: 6 }))],
  [
    '60b-cr-unknown-field-ssa-ignore',
    ({ apply }) => apply(`${widgets}/w`, widget({ size: 5, sizee: 6 }), 'orch', '&fieldValidation=Ignore'),
  ],
  [
    '62-csa-migration-patch',
    async ({ call }) => {
      await call('POST', `${core}/configmaps`, { body: object('v1', 'ConfigMap', 'csa', {}) });
      return call('PATCH', `${core}/configmaps/csa`, { body: '', type: 'application/json-patch+json' });
    },
  ],
  ['77-sts-create', ({ apply }) => apply(`${statefulSets}/orp`, orphaned('orp'))],
  ['78-sts-immutable-serviceName', ({ apply }) => apply(`${statefulSets}/orp`, orphaned('other'))],
];

describe.skipIf(!isRecorded)('of other kinds, as a real API server 1.36.2 answers', () => {
  let cluster: LaptopCluster;
  beforeAll(async () => {
    cluster = await startCluster({ startRuntime: withoutRuntime });
  });
  afterAll(() => cluster.stop());

  it.each(steps)('%s', async (name, ask) => {
    const answer = await ask(callerOf(cluster));
    expect(masked(answer.text)).toEqual(masked(recorded(name)));
  });

  it('79 and 80: a StatefulSet that leaves its pods behind can be made anew', async () => {
    const { call, apply } = callerOf(cluster);
    const marked = await call('DELETE', `${statefulSets}/orp?propagationPolicy=Orphan`);
    expect(marked.body.metadata).toMatchObject({
      generation: 2,
      deletionGracePeriodSeconds: 0,
      finalizers: ['orphan'],
    });
    const again = await apply(`${statefulSets}/orp`, orphaned('other'));
    expect(again.status).toBe(201);
    expect(again.body.metadata.generation).toBe(1);
  });
});
