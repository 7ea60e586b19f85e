import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Survey } from '../../functions/tasks/parts/survey-changes.ts';
import { createReleases, until } from './applied-release.ts';
import { makeNamespace } from './namespace.ts';

// What a real API server refuses to change, and what becomes of it (KUBERNETES.md §5).

const plane = inject('plane');
const namespace = 'apply-immutable';
const releases = createReleases(plane, namespace);
const { release, survey, live } = releases;
beforeAll(() => makeNamespace(plane, namespace));

const object = (
  apiVersion: string,
  kind: string,
  name: string,
  rest: object,
  more: object = {},
): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name, namespace, ...more },
  ...rest,
});
const pods = (image: string, app: string, spec: object = {}) => ({
  metadata: { labels: { app } },
  spec: { containers: [{ name: 'main', image }], ...spec },
});
const workload = (kind: string, name: string, spec: object): KubernetesObject =>
  object('apps/v1', kind, name, {
    spec: { selector: { matchLabels: { app: name } }, template: pods('a:1', name), ...spec },
  });
const job = (name: string, image: string, more: object = {}, spec: object = { suspend: true }) =>
  object(
    'batch/v1',
    'Job',
    name,
    { spec: { template: pods(image, name, { restartPolicy: 'Never' }), ...spec } },
    more,
  );
const binding = (name: string, role: string) =>
  object('rbac.authorization.k8s.io/v1', 'RoleBinding', name, {
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: role },
    subjects: [{ kind: 'ServiceAccount', name: 'default', namespace }],
  });
const service = (name: string, clusterIP: object, more: object = {}) =>
  object(
    'v1',
    'Service',
    name,
    { spec: { ...clusterIP, selector: { app: name }, ports: [{ port: 80 }] } },
    more,
  );
const claim = (name: string, storage: string) =>
  object('v1', 'PersistentVolumeClaim', name, {
    spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage } } },
  });
const changed = ({ changes }: Survey) => changes.filter(({ action }) => action !== 'unchanged');
const uid = async (of: KubernetesObject) => (await live(of))?.metadata.uid;
const allowed = { annotations: { 'tidegate.dev/replace': 'allowed' } };

describe('is replaced', () => {
  it.each<[string, KubernetesObject, KubernetesObject, string]>([
    ['a Job with another template', job('migrate', 'a:1'), job('migrate', 'a:2'), 'recreate'],
    ['a RoleBinding to another role', binding('reads', 'reader'), binding('reads', 'writer'), 'recreate'],
    [
      'a StatefulSet with another service name',
      workload('StatefulSet', 'db', { serviceName: 'db', replicas: 1 }),
      workload('StatefulSet', 'db', { serviceName: 'db2', replicas: 1 }),
      'orphan-recreate',
    ],
    [
      'a Service that may be',
      service('web', {}, allowed),
      service('web', { clusterIP: 'None' }, allowed),
      'recreate',
    ],
    [
      'a Secret of another type that may be',
      object('v1', 'Secret', 'typed', { type: 'Opaque', data: { a: 'MQ==' } }, allowed),
      object('v1', 'Secret', 'typed', { type: 'example.com/other', data: { a: 'MQ==' } }, allowed),
      'recreate',
    ],
    [
      'an immutable ConfigMap that may be',
      object('v1', 'ConfigMap', 'fixed', { immutable: true, data: { a: '1' } }, allowed),
      object('v1', 'ConfigMap', 'fixed', { immutable: true, data: { a: '2' } }, allowed),
      'recreate',
    ],
  ])('%s', async (_, before, after, how) => {
    await release([before]);
    const old = await uid(before);
    const planned = await survey([after]);
    expect(changed(planned)).toMatchObject([
      { action: 'configured', uid: old, apply: { replacement: { how } } },
    ]);
    expect(await uid(before)).toBe(old);
    await release([after]);
    expect(await uid(after)).not.toBe(old);
    expect(changed(await survey([after]))).toEqual([]);
  });

  it('a StatefulSet without a restart of its pods: the new one adopts them', async () => {
    const set = (serviceName: string) => workload('StatefulSet', 'kept', { serviceName, replicas: 1 });
    const pod = object('v1', 'Pod', 'kept-0', {});
    await release([set('kept')]);
    await until(async () => (await uid(pod)) !== undefined);
    const before = await uid(pod);
    await release([set('kept2')]);
    const adopter = await uid(set('kept2'));
    await until(async () => {
      const owners = (await live(pod))?.metadata.ownerReferences ?? [];
      return owners.some((owner) => owner.uid === adopter);
    });
    expect(await uid(pod)).toBe(before);
  });
});

describe('is refused, and left as it is', () => {
  it.each<[string, KubernetesObject, KubernetesObject, RegExp]>([
    [
      "a Deployment's selector",
      workload('Deployment', 'selects', {}),
      workload('Deployment', 'selects', {
        selector: { matchLabels: { app: 'selects', x: 'y' } },
        template: { ...pods('a:1', 'selects'), metadata: { labels: { app: 'selects', x: 'y' } } },
      }),
      /can't be changed in place \(spec\.selector: Invalid value: \[left out\]: field is immutable\): deleting it would stop its pods/,
    ],
    [
      "a DaemonSet's selector",
      workload('DaemonSet', 'agents', {}),
      workload('DaemonSet', 'agents', {
        selector: { matchLabels: { app: 'agents', x: 'y' } },
        template: { ...pods('a:1', 'agents'), metadata: { labels: { app: 'agents', x: 'y' } } },
      }),
      /deleting it would stop its pods/,
    ],
    [
      "a Service's address without leave",
      service('fixed-address', {}),
      service('fixed-address', { clusterIP: 'None' }),
      /another address, which breaks its clients.*tidegate\.dev\/replace: allowed/,
    ],
    ['a claim that shrinks', claim('data', '2Gi'), claim('data', '1Gi'), /its data would be lost/],
    [
      'a Job that runs',
      job('running', 'a:1', {}, {}),
      job('running', 'a:2', {}, {}),
      /it is running; wait for its end, or annotate it `tidegate\.dev\/replace-running: "true"`/,
    ],
    // No immutability at all: these must never lead to a delete (I1).
    [
      'labels that the selector does not match',
      workload('Deployment', 'mismatch', {}),
      workload('Deployment', 'mismatch', { template: pods('a:1', 'other') }),
      /refused by the cluster: spec\.template\.metadata\.labels: .*`selector` does not match template `labels`/,
    ],
    [
      'ports without names',
      service('ports', {}),
      { ...service('ports', {}), spec: { selector: { app: 'ports' }, ports: [{ port: 80 }, { port: 81 }] } },
      /spec\.ports\[0\]\.name: Required value/,
    ],
    [
      'a Job whose new template would be refused, too',
      job('broken', 'a:1'),
      object('batch/v1', 'Job', 'broken', {
        spec: { suspend: true, template: pods('a:2', 'broken', { restartPolicy: 'Always' }) },
      }),
      /refused/,
    ],
  ])('%s', async (_, before, after, message) => {
    await release([before]);
    if (before.metadata.name === 'running')
      await until(
        async () => ((await live(before))?.status as { active?: number } | undefined)?.active === 1,
      );
    const old = await uid(before);
    await expect(survey([after])).rejects.toMatchObject({
      name: 'ManifestRefusedError',
      message: expect.stringMatching(message),
    });
    expect(await uid(before)).toBe(old);
  });

  it('and shows no value of an environment variable (D4)', async () => {
    const secretive = (value: string) =>
      object('batch/v1', 'Job', 'secretive', {
        spec: {
          template: {
            spec: {
              restartPolicy: 'Never',
              containers: [{ name: 'main', image: 'a:1', env: [{ name: 'PASSWORD', value }] }],
            },
          },
        },
      });
    await release([secretive('first-hunter2')]);
    await until(
      async () => ((await live(secretive('')))?.status as { active?: number } | undefined)?.active === 1,
    );
    const failure = await survey([secretive('second-hunter2')]).then(JSON.stringify, (error: Error) =>
      JSON.stringify([error.message, error]),
    );
    expect(failure).toContain('field is immutable');
    expect(failure).not.toContain('hunter2');
  });
});

describe('a rule of a custom resource (CEL)', () => {
  const definition: KubernetesObject = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'buckets.immutable.example.com' },
    spec: {
      group: 'immutable.example.com',
      names: { kind: 'Bucket', plural: 'buckets', singular: 'bucket', listKind: 'BucketList' },
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
                  properties: {
                    region: {
                      type: 'string',
                      'x-kubernetes-validations': [
                        { rule: 'self == oldSelf', message: 'a bucket stays where it is' },
                      ],
                    },
                    owner: { type: 'string', 'x-kubernetes-validations': [{ rule: 'self == oldSelf' }] },
                    size: {
                      type: 'integer',
                      'x-kubernetes-validations': [{ rule: 'self < 10', message: 'size must be < 10' }],
                    },
                  },
                },
              },
            },
          },
        },
      ],
    },
  };
  const bucket = (name: string, spec: object, more: object = {}) =>
    object('immutable.example.com/v1', 'Bucket', name, { spec }, more);
  beforeAll(async () => {
    const path = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
    const made = await releases.send({ method: 'POST', path, body: definition });
    expect(made.status).toBe(201);
    const served = { path: `/apis/immutable.example.com/v1/namespaces/${namespace}/buckets` };
    await until(async () => (await releases.send(served)).status === 200);
  });

  it.each([
    ['with a message of its own', { region: 'eu' }, { region: 'us' }, 'a bucket stays where it is'],
    ['without one', { owner: 'a' }, { owner: 'b' }, 'failed rule: self == oldSelf'],
  ])('that something may not change is immutability, %s', async (name, before, after, text) => {
    const own = name.replaceAll(' ', '-');
    await release([bucket(own, before)]);
    await expect(survey([bucket(own, after)])).rejects.toMatchObject({
      message: expect.stringMatching(
        /can't be changed in place .*annotate it `tidegate\.dev\/replace: allowed`/,
      ),
    });
    const planned = await survey([bucket(own, after, allowed)]);
    expect(changed(planned)[0]?.apply?.replacement?.because.join()).toContain(text);
  });

  it('of another sort is a mistake, whatever the object allows', async () => {
    await release([bucket('sized', { size: 1 })]);
    await expect(survey([bucket('sized', { size: 11 }, allowed)])).rejects.toMatchObject({
      message: expect.stringContaining('refused by the cluster: spec.size: Invalid value'),
    });
  });
});
