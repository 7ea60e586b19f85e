import { describe, expect, it } from 'vitest';
import { applySetId, partOfLabel } from '#domain/applyset.ts';
import { configHashAnnotation } from '#domain/config-hash.ts';
import { intentOf } from '#domain/intent.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const owner = { application: 'shop', environment: 'production', namespace: 'shop' };
const one = (object: KubernetesObject): KubernetesObject => intentOf([object], owner)[0] as KubernetesObject;
const settings = (data: Record<string, string>, labels = {}): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'settings', namespace: 'shop', labels },
  data,
});
const workload = (podSpec: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'shop' },
  spec: {
    selector: { matchLabels: { app: 'web' } },
    template: { metadata: { labels: { app: 'web' } }, spec: podSpec },
  },
});
const hashOf = (objects: readonly KubernetesObject[]): unknown => {
  const intent = intentOf(objects, owner).find(({ kind }) => kind === 'Deployment');
  const spec = intent?.spec as
    | { template: { metadata: { annotations?: Record<string, string> } } }
    | undefined;
  return spec?.template.metadata.annotations?.[configHashAnnotation];
};

describe('intentOf', () => {
  it('says whose an object is, and leaves a label of the manifest alone', () => {
    expect(one(settings({}, { 'app.kubernetes.io/managed-by': 'me' })).metadata).toEqual({
      name: 'settings',
      namespace: 'shop',
      labels: { 'app.kubernetes.io/managed-by': 'me', [partOfLabel]: applySetId(owner) },
      annotations: { 'tidegate.dev/application': 'shop', 'tidegate.dev/environment': 'production' },
    });
  });

  it('adds nothing to selectors and pod labels', () => {
    const { spec } = one(workload({ containers: [] }));
    expect(spec).toEqual(workload({ containers: [] }).spec);
  });

  it('strips what the server writes (CL6)', () => {
    const object = { ...settings({ a: '1' }), status: { x: 1 } };
    const intent = one({
      ...object,
      metadata: { ...object.metadata, uid: 'u', resourceVersion: '1', managedFields: [] },
    });
    expect(intent.status).toBeUndefined();
    expect(Object.keys(intent.metadata).toSorted()).toEqual(['annotations', 'labels', 'name', 'namespace']);
  });

  it('turns stringData into data, so that a removed key goes (A7)', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 's', namespace: 'shop' },
      data: { a: 'MQ==' },
      stringData: { b: 'ü' },
    };
    expect(one(secret)).toMatchObject({ data: { a: 'MQ==', b: 'w7w=' } });
    expect(one(secret).stringData).toBeUndefined();
  });

  it('names the protocol of a port (A9)', () => {
    const service = {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 's', namespace: 'shop' },
      spec: { ports: [{ port: 80 }, { port: 53, protocol: 'UDP' }] },
    };
    expect(one(service).spec).toEqual({
      ports: [
        { protocol: 'TCP', port: 80 },
        { port: 53, protocol: 'UDP' },
      ],
    });
  });

  describe('config hash (C1)', () => {
    const ways: readonly (readonly [string, object])[] = [
      ['envFrom', { containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'settings' } }] }] }],
      [
        'env',
        {
          containers: [
            {
              name: 'c',
              env: [{ name: 'A', valueFrom: { configMapKeyRef: { name: 'settings', key: 'a' } } }],
            },
          ],
        },
      ],
      ['volume', { containers: [], volumes: [{ name: 'v', configMap: { name: 'settings' } }] }],
      [
        'projected volume',
        {
          containers: [],
          volumes: [{ name: 'v', projected: { sources: [{ configMap: { name: 'settings' } }] } }],
        },
      ],
      [
        'init container',
        {
          containers: [],
          initContainers: [{ name: 'i', envFrom: [{ configMapRef: { name: 'settings' } }] }],
        },
      ],
    ];
    for (const [name, podSpec] of ways) {
      it(`changes with data referenced by ${name}`, () => {
        const before = hashOf([workload(podSpec), settings({ a: '1' })]);
        expect(before).toMatch(/^[0-9a-f]{64}$/);
        expect(hashOf([workload(podSpec), settings({ a: '2' })])).not.toBe(before);
        expect(hashOf([settings({ a: '1' }, { touched: 'label' }), workload(podSpec)])).toBe(before);
      });
    }

    it('is absent where nothing of the release is referenced', () => {
      expect(hashOf([workload({ containers: [] }), settings({ a: '1' })])).toBeUndefined();
      const elsewhere = workload({
        containers: [{ name: 'c', envFrom: [{ configMapRef: { name: 'others' } }] }],
      });
      expect(hashOf([elsewhere, settings({ a: '1' })])).toBeUndefined();
    });

    it('knows the two names that volumes give a Secret', () => {
      const secret = {
        apiVersion: 'v1',
        kind: 'Secret',
        metadata: { name: 'db', namespace: 'shop' },
        data: { a: 'MQ==' },
      };
      for (const volume of [
        { secret: { secretName: 'db' } },
        { projected: { sources: [{ secret: { name: 'db' } }] } },
      ]) {
        expect(hashOf([workload({ containers: [], volumes: [volume] }), secret])).toBeDefined();
      }
    });
  });
});
