import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { callerOf, type Json, withoutRuntime } from './api.ts';
import { deployment, env, isRecorded, masked, object, recorded, zeroUid } from './recorded.ts';

const deployments = '/apis/apps/v1/namespaces/default/deployments';
const core = '/api/v1/namespaces/default';

describe.skipIf(!isRecorded)('as a real API server 1.36.2 answers', () => {
  let cluster: LaptopCluster;
  beforeAll(async () => {
    cluster = await startCluster({ startRuntime: withoutRuntime });
  });
  afterAll(() => cluster.stop());

  // In the order of the recording: later answers depend on earlier requests.
  const steps: readonly [string, (api: ReturnType<typeof callerOf>) => Promise<{ text: string }>][] = [
    [
      '01-ssa-create',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', { replicas: 2 }, env('1'))),
    ],
    [
      '02-ssa-noop',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', { replicas: 2 }, env('1'))),
    ],
    [
      '03-scale-subresource-by-hpa',
      ({ call }) =>
        call('PATCH', `${deployments}/ssa1/scale?fieldManager=hpa`, {
          body: { spec: { replicas: 5 } },
          type: 'application/merge-patch+json',
        }),
    ],
    [
      '04-ssa-conflict-after-scale',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', { replicas: 2 }, env('1'))),
    ],
    ['05-ssa-drop-replicas', ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', {}, env('1')))],
    [
      '06-kubectl-edit-change',
      ({ call }) =>
        call('PATCH', `${deployments}/ssa1?fieldManager=kubectl-edit`, {
          body: {
            spec: { template: { spec: { containers: [{ name: 'c', env: [{ name: 'A', value: '2' }] }] } } },
          },
          type: 'application/strategic-merge-patch+json',
        }),
    ],
    [
      '07-ssa-conflict-on-changed-field',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', {}, env('1'))),
    ],
    [
      '08-ssa-force',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', {}, env('1')), 'orch', '&force=true'),
    ],
    ['09-ssa2-create', ({ apply }) => apply(`${deployments}/ssa2`, deployment('ssa2', { replicas: 3 }))],
    ['10-ssa2-drop-sole-owned-replicas', ({ apply }) => apply(`${deployments}/ssa2`, deployment('ssa2'))],
    [
      '11-immutable-selector',
      ({ apply }) =>
        apply(
          `${deployments}/ssa1`,
          deployment('ssa1', {
            selector: { matchLabels: { app: 'ssa1', x: 'yy' } },
            template: {
              metadata: { labels: { app: 'ssa1', x: 'yy' } },
              spec: { containers: [{ name: 'c', image: 'localhost/bb:1' }] },
            },
          }),
          'orch',
          '&force=true',
        ),
    ],
    [
      '12-selector-template-mismatch',
      ({ apply }) =>
        apply(
          `${deployments}/ssa1`,
          deployment('ssa1', {
            template: {
              metadata: { labels: { app: 'other' } },
              spec: { containers: [{ name: 'c', image: 'localhost/bb:1' }] },
            },
          }),
          'orch',
          '&force=true',
        ),
    ],
    [
      '17-svc-create',
      ({ apply }) =>
        apply(
          `${core}/services/s1`,
          object('v1', 'Service', 's1', {
            spec: { ports: [{ port: 80, protocol: 'TCP' }], selector: { app: 'x' } },
          }),
        ),
    ],
    [
      '18-svc-immutable-clusterip',
      ({ apply }) =>
        apply(
          `${core}/services/s1`,
          object('v1', 'Service', 's1', {
            spec: { clusterIP: 'None', ports: [{ port: 80, protocol: 'TCP' }], selector: { app: 'x' } },
          }),
        ),
    ],
    [
      '19-svc-two-ports-no-name',
      ({ apply }) =>
        apply(
          `${core}/services/s1`,
          object('v1', 'Service', 's1', {
            spec: { ports: [80, 81].map((port) => ({ port, protocol: 'TCP' })), selector: { app: 'x' } },
          }),
        ),
    ],
    [
      '20-cm-immutable-create',
      ({ apply }) =>
        apply(
          `${core}/configmaps/imm`,
          object('v1', 'ConfigMap', 'imm', { data: { a: '1' }, immutable: true }),
        ),
    ],
    [
      '21-cm-immutable-change',
      ({ apply }) =>
        apply(
          `${core}/configmaps/imm`,
          object('v1', 'ConfigMap', 'imm', { data: { a: '2' }, immutable: true }),
        ),
    ],
    [
      '22-secret-stringData',
      ({ apply }) =>
        apply(
          `${core}/secrets/sec1`,
          object('v1', 'Secret', 'sec1', { stringData: { a: '1' }, type: 'Opaque' }),
        ),
    ],
    [
      '23-secret-type-immutable',
      ({ apply }) =>
        apply(
          `${core}/secrets/sec1`,
          object('v1', 'Secret', 'sec1', { stringData: { a: '1' }, type: 'kubernetes.io/basic-auth' }),
        ),
    ],
    [
      '24-secret-drop-stringData',
      ({ apply }) => apply(`${core}/secrets/sec1`, object('v1', 'Secret', 'sec1', { type: 'Opaque' })),
    ],
    ...(['25-rb-create', '26-rb-roleRef-immutable'] as const).map(
      (name, index): [string, (api: ReturnType<typeof callerOf>) => Promise<{ text: string }>] => [
        name,
        ({ apply }) =>
          apply(
            '/apis/rbac.authorization.k8s.io/v1/namespaces/default/rolebindings/rb',
            object('rbac.authorization.k8s.io/v1', 'RoleBinding', 'rb', {
              roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: `r${index + 1}` },
              subjects: [{ kind: 'ServiceAccount', name: 'default', namespace: 'default' }],
            }),
          ),
      ],
    ),
    [
      '29-ns-not-found',
      ({ apply }) =>
        apply('/api/v1/namespaces/nope/configmaps/x', {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          metadata: { name: 'x', namespace: 'nope' },
        }),
    ],
    ['30-no-such-resource', ({ call }) => call('GET', '/apis/nope.io/v1/namespaces/default/things/x')],
    [
      '31-unknown-field-ssa',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', { replicaz: 2 })),
    ],
    [
      '32-wrong-type-ssa',
      ({ apply }) => apply(`${deployments}/ssa1`, deployment('ssa1', { replicas: 'two' })),
    ],
    ['34-unauthorized', ({ call }) => call('GET', `${deployments}/ssa1`, { token: 'wrong' })],
    [
      '37-duplicate-merge-key',
      ({ apply }) =>
        apply(
          `${deployments}/ssa1`,
          deployment('ssa1', {}, { env: ['1', '2'].map((value) => ({ name: 'A', value })) }),
        ),
    ],
    [
      '38-managedFields-not-nil',
      ({ apply }) => {
        const body = deployment('ssa1', {}, env('1'));
        body.metadata.managedFields = [{ manager: 'x', operation: 'Apply', apiVersion: 'apps/v1' }];
        return apply(`${deployments}/ssa1`, body);
      },
    ],
    [
      '39-no-fieldManager',
      ({ call }) =>
        call('PATCH', `${deployments}/ssa1`, {
          body: deployment('ssa1'),
          type: 'application/apply-patch+yaml',
        }),
    ],
    [
      '40-uid-precondition',
      ({ apply }) =>
        apply(`${deployments}/ssa1`, {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'ssa1', namespace: 'default', uid: zeroUid },
        }),
    ],
    [
      '41-rv-precondition',
      ({ apply }) =>
        apply(`${deployments}/ssa1`, {
          apiVersion: 'apps/v1',
          kind: 'Deployment',
          metadata: { name: 'ssa1', namespace: 'default', resourceVersion: '1' },
        }),
    ],
    [
      '42-delete-uid-precondition',
      ({ call }) => call('DELETE', `${deployments}/ssa1`, { body: { preconditions: { uid: zeroUid } } }),
    ],
    [
      '61-ssa-over-csa-drop-b',
      async ({ call, apply }) => {
        const annotation =
          '{"apiVersion":"v1","data":{"a":"1","b":"2"},"kind":"ConfigMap","metadata":{"annotations":{},"labels":{"l":"1"},"name":"csa","namespace":"default"}}\n';
        await call('POST', `${core}/configmaps?fieldManager=kubectl-client-side-apply`, {
          body: {
            apiVersion: 'v1',
            kind: 'ConfigMap',
            metadata: {
              name: 'csa',
              namespace: 'default',
              labels: { l: '1' },
              annotations: { 'kubectl.kubernetes.io/last-applied-configuration': annotation },
            },
            data: { a: '1', b: '2' },
          },
        });
        return apply(`${core}/configmaps/csa`, object('v1', 'ConfigMap', 'csa', { data: { a: '1' } }));
      },
    ],
    [
      '63-ssa-after-migration',
      async ({ call, apply }) => {
        const { body } = await call('GET', `${core}/configmaps/csa`);
        const [mine, legacy] = body.metadata.managedFields;
        await call('PATCH', `${core}/configmaps/csa?fieldManager=orch`, {
          body: [
            {
              op: 'replace',
              path: '/metadata/managedFields',
              value: [{ ...mine, fieldsV1: legacy.fieldsV1 }],
            },
            { op: 'replace', path: '/metadata/resourceVersion', value: body.metadata.resourceVersion },
          ],
          type: 'application/json-patch+json',
        });
        return apply(`${core}/configmaps/csa`, object('v1', 'ConfigMap', 'csa', { data: { a: '1' } }));
      },
    ],
    [
      '70-handover-create',
      ({ apply }) => apply(`${deployments}/hand`, deployment('hand', { replicas: 3 }, env('1'))),
    ],
    [
      '75-term-create',
      ({ apply }) => {
        const body = object('v1', 'ConfigMap', 'term', { data: { a: '1' } });
        body.metadata.finalizers = ['x.example.com/hold'];
        return apply(`${core}/configmaps/term`, body);
      },
    ],
    [
      '76-apply-to-terminating-object',
      async ({ call, apply }) => {
        await call('DELETE', `${core}/configmaps/term`);
        return apply(`${core}/configmaps/term`, object('v1', 'ConfigMap', 'term', { data: { a: '2' } }));
      },
    ],
  ];

  it.each(steps)('%s', async (name, ask) => {
    const answer = await ask(callerOf(cluster));
    expect(masked(answer.text)).toEqual(masked(recorded(name)));
  });

  it('72: a second manager that claims replicas keeps them when the first lets go', async () => {
    const { apply } = callerOf(cluster);
    const claim = { ...deployment('hand'), spec: { replicas: 3 } };
    await apply(`${deployments}/hand`, claim, 'orch-replicas-handover');
    const { body } = await apply(`${deployments}/hand`, deployment('hand', {}, env('1')));
    const real = JSON.parse(recorded('72-handover-drop-by-orch'));
    const entries = real.metadata.managedFields.filter((it: Json) => it.operation === 'Apply');
    expect(body.spec.replicas).toBe(3);
    expect(masked(JSON.stringify({ it: body.metadata.managedFields }))).toEqual(
      masked(JSON.stringify({ it: entries })),
    );
  });
});
