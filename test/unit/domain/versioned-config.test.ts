import { describe, expect, it } from 'vitest';
import { configHashAnnotation } from '#domain/config-hash.ts';
import { intentOf } from '#domain/intent.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { restartReasons } from '#domain/restarts.ts';
import { referrerOf, versionConfiguration } from '#domain/versioned-config.ts';

const namespace = 'shop';
const versioned = { annotations: { 'tidegate.dev/versioned': 'true' } };
const config = (
  kind: string,
  name: string,
  data: object,
  more: object = versioned,
  fields: object = {},
): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name, namespace, ...more },
  ...fields,
  data,
});
const podSpec = {
  imagePullSecrets: [{ name: 'registry' }],
  initContainers: [
    { name: 'i', env: [{ name: 'A', valueFrom: { secretKeyRef: { name: 'db', key: 'a' } } }] },
  ],
  containers: [
    { name: 'c', envFrom: [{ configMapRef: { name: 'settings' } }, { configMapRef: { name: 'outside' } }] },
  ],
  volumes: [
    { name: 'a', secret: { secretName: 'db' } },
    { name: 'b', projected: { sources: [{ configMap: { name: 'settings' } }, { secret: { name: 'db' } }] } },
  ],
};
const kinds: readonly (readonly [string, string, (spec: unknown) => object])[] = [
  ['apps/v1', 'Deployment', (spec) => ({ template: { spec } })],
  ['apps/v1', 'StatefulSet', (spec) => ({ template: { spec } })],
  ['apps/v1', 'DaemonSet', (spec) => ({ template: { spec } })],
  ['batch/v1', 'Job', (spec) => ({ template: { spec } })],
  ['batch/v1', 'CronJob', (spec) => ({ jobTemplate: { spec: { template: { spec } } } })],
  ['v1', 'Pod', (spec) => spec as object],
];
const workload = (apiVersion: string, kind: string, spec: object): KubernetesObject => ({
  apiVersion,
  kind,
  metadata: { name: 'web', namespace },
  spec,
});
const nameOf = (objects: readonly KubernetesObject[], kind: string) =>
  objects.find((object) => object.kind === kind)?.metadata.name ?? '';

describe('versioned configuration (C2)', () => {
  const base = [
    config('ConfigMap', 'settings', { a: '1' }),
    config('Secret', 'db', { a: 'MQ==' }),
    config('Secret', 'registry', { a: 'Mg==' }),
  ];

  it.each(kinds)('of %s %s is referred to by its new name, wherever it is', (apiVersion, kind, spec) => {
    const objects = versionConfiguration([...base, workload(apiVersion, kind, spec(podSpec))]);
    const [settings, db, registry] = objects.map(({ metadata }) => metadata.name);
    expect(settings).toMatch(/^settings-[0-9a-f]{10}$/);
    const text = JSON.stringify(objects.at(-1));
    for (const [name, count] of [
      [settings, 2],
      [db, 3],
      [registry, 1],
      ['outside', 1],
    ] as const)
      expect(text.split(`"${name}"`)).toHaveLength(count + 1);
    expect(text).not.toMatch(/"(settings|db|registry)"/);
  });

  it('is named by its content alone', () => {
    const named = (data: object, more: object = versioned) =>
      nameOf(versionConfiguration([config('ConfigMap', 'settings', data, more)]), 'ConfigMap');
    expect(named({ a: '1' })).toBe(named({ a: '1' }, { ...versioned, labels: { l: '1' } }));
    expect(named({ a: '1' })).not.toBe(named({ a: '2' }));
  });

  it('is what is immutable, too, unless it says otherwise', () => {
    const of = (more: object) =>
      nameOf(
        versionConfiguration([config('ConfigMap', 'settings', {}, more, { immutable: true })]),
        'ConfigMap',
      );
    expect(of({})).toMatch(/^settings-/);
    expect(of({ annotations: { 'tidegate.dev/versioned': 'false' } })).toBe('settings');
  });

  it('leaves alone what is not, and what is in another namespace', () => {
    const elsewhere = {
      ...workload('apps/v1', 'Deployment', { template: { spec: podSpec } }),
      metadata: { name: 'w', namespace: 'other' },
    };
    const plain = [config('ConfigMap', 'settings', { a: '1' }, {})];
    expect(versionConfiguration(plain)).toBe(plain);
    expect(versionConfiguration([...base, elsewhere]).at(-1)).toEqual(elsewhere);
  });

  it('is referred to by an Ingress, too', () => {
    const ingress = {
      ...workload('networking.k8s.io/v1', 'Ingress', {
        tls: [{ secretName: 'db', hosts: [] }, { hosts: [] }],
      }),
    };
    const objects = versionConfiguration([...base, ingress]);
    expect(objects.at(-1)?.spec).toEqual({
      tls: [{ secretName: nameOf(objects, 'Secret'), hosts: [] }, { hosts: [] }],
    });
  });

  it('is kept while an old revision refers to it', () => {
    const replicaSet = {
      ...workload('apps/v1', 'ReplicaSet', { template: { spec: podSpec } }),
      metadata: { name: 'web-1', namespace },
    };
    const revision = {
      apiVersion: 'apps/v1',
      kind: 'ControllerRevision',
      metadata: { name: 'db-2', namespace },
      data: { spec: { template: { spec: { volumes: [{ configMap: { name: 'old' } }] } } } },
    };
    const identity = (kind: string, name: string) => ({ group: '', kind, namespace, name });
    const revisions = [replicaSet, revision] as LiveObject[];
    expect(referrerOf(identity('ConfigMap', 'settings'), revisions)).toBe('ReplicaSet web-1');
    expect(referrerOf(identity('ConfigMap', 'old'), revisions)).toBe('ControllerRevision db-2');
    expect(referrerOf(identity('Secret', 'old'), revisions)).toBeUndefined();
    expect(
      referrerOf({ ...identity('ConfigMap', 'settings'), namespace: 'other' }, revisions),
    ).toBeUndefined();
  });
});

describe('the closure of configuration (C1)', () => {
  const owner = { application: 'shop', environment: 'production', namespace: 'shop' };
  const settings = (data: object, labels = {}) => config('ConfigMap', 'settings', data, { labels });
  const hashIn = (objects: readonly KubernetesObject[]) =>
    new RegExp(`"${configHashAnnotation}":"([0-9a-f]{64})"`).exec(
      JSON.stringify(intentOf(objects, owner)),
    )?.[1];

  it.each(kinds.slice(0, 5))('of %s %s', (apiVersion, kind, spec) => {
    const own = workload(apiVersion, kind, spec(podSpec));
    const hash = hashIn([own, settings({ a: '1' })]);
    expect(hash).toBeDefined();
    expect(hashIn([own, settings({ a: '2' })])).not.toBe(hash);
    expect(hashIn([own, settings({ a: '1' }, { touched: 'label' })])).toBe(hash);
  });

  it('has no part for secrets to pull images with', () => {
    const own = workload('apps/v1', 'Deployment', {
      template: { spec: { imagePullSecrets: [{ name: 'registry' }], containers: [] } },
    });
    expect(hashIn([own, config('Secret', 'registry', { a: 'MQ==' }, {})])).toBeUndefined();
  });

  it("has one for the role of the pods' ServiceAccount, which acts when they are made (K8)", () => {
    const own = workload('apps/v1', 'Deployment', {
      template: { spec: { serviceAccountName: 'web', containers: [] } },
    });
    const account = (role?: string): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ServiceAccount',
      metadata: {
        name: 'web',
        namespace,
        ...(role === undefined ? {} : { annotations: { 'eks.amazonaws.com/role-arn': role } }),
      },
    });
    expect(hashIn([own, account()])).toBeUndefined();
    expect(hashIn([own, account('a')])).not.toBe(hashIn([own, account('b')]));
  });
});

describe('what a plan says of restarts (C4)', () => {
  const deployment = workload('apps/v1', 'Deployment', { template: { spec: podSpec } });
  const prefix = '/spec/template';
  it.each([
    [[`${prefix}/spec/containers/0/image`], ['image']],
    [[`${prefix}/spec/initContainers/0/image`, `${prefix}/spec/containers/0/image`], ['image']],
    [
      [`${prefix}/metadata/annotations/tidegate.dev~1config-hash`],
      ['configuration (ConfigMap outside, ConfigMap settings, Secret db)'],
    ],
    [[`${prefix}/spec/containers/0/args/0`], ['pod template']],
    [['/spec/replicas', '/metadata/labels/a'], []],
  ])('%j', (paths, reasons) => {
    expect(
      restartReasons(
        deployment,
        paths.map((path) => ({ path })),
      ),
    ).toEqual(reasons);
    expect(
      restartReasons(
        workload('batch/v1', 'CronJob', {}),
        paths.map((path) => ({ path })),
      ),
    ).toEqual([]);
  });
});
