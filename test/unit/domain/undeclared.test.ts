import { describe, expect, it } from 'vitest';
import { intentOf } from '#domain/intent.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { withoutUndeclared } from '#domain/undeclared.ts';

const object = (kind: string, fields: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind,
  metadata: { name: 'x' },
  ...fields,
});
const lineBreak = 'Cg==';

describe('what is declared empty counts as not declared (A13)', () => {
  it.each<[string, KubernetesObject, object]>([
    [
      'the bundle of a webhook, in each of the ways that charts write it',
      object('ValidatingWebhookConfiguration', {
        webhooks: [lineBreak, '', null, 'QQ=='].map((caBundle, index) => ({
          name: `${index}`,
          clientConfig: { caBundle, url: 'u' },
        })),
      }),
      {
        webhooks: [0, 1, 2, 3].map((index) => ({
          name: `${index}`,
          clientConfig: { url: 'u', ...(index === 3 ? { caBundle: 'QQ==' } : {}) },
        })),
      },
    ],
    [
      'of a mutating one',
      object('MutatingWebhookConfiguration', { webhooks: [{ clientConfig: { caBundle: '' } }] }),
      { webhooks: [{ clientConfig: {} }] },
    ],
    [
      'of an APIService',
      object('APIService', { spec: { caBundle: lineBreak, group: 'g' } }),
      { spec: { group: 'g' } },
    ],
    [
      'of a conversion',
      object('CustomResourceDefinition', {
        spec: { conversion: { webhook: { clientConfig: { caBundle: lineBreak } } } },
      }),
      { spec: { conversion: { webhook: { clientConfig: {} } } } },
    ],
    ["a ServiceAccount's tokens", object('ServiceAccount', { secrets: [] }), {}],
    [
      'and not such as are named',
      object('ServiceAccount', { secrets: [{ name: 'a' }] }),
      { secrets: [{ name: 'a' }] },
    ],
    [
      "a Service's addresses and ports",
      object('Service', {
        spec: { clusterIP: '', clusterIPs: [], healthCheckNodePort: 0, ports: [{ port: 80, nodePort: 0 }] },
      }),
      { spec: { ports: [{ port: 80 }] } },
    ],
    ['and not "None"', object('Service', { spec: { clusterIP: 'None' } }), { spec: { clusterIP: 'None' } }],
    [
      "a claim's volume, and not its class: empty means that nothing is to be provisioned",
      object('PersistentVolumeClaim', { spec: { volumeName: '', storageClassName: '' } }),
      { spec: { storageClassName: '' } },
    ],
    [
      'the rules of an aggregated ClusterRole',
      object('ClusterRole', { aggregationRule: { clusterRoleSelectors: [] }, rules: [{ verbs: ['get'] }] }),
      { aggregationRule: { clusterRoleSelectors: [] } },
    ],
    ['and not those of any other', object('ClusterRole', { rules: [] }), { rules: [] }],
    [
      'and nothing of other kinds',
      object('ConfigMap', { secrets: [], spec: { clusterIP: '' } }),
      { secrets: [], spec: { clusterIP: '' } },
    ],
  ])('%s', (_, given, expected) => {
    const { apiVersion, kind, metadata, ...fields } = withoutUndeclared(given);
    expect(fields).toEqual(expected);
    expect({ apiVersion, kind, metadata }).toEqual({
      apiVersion: 'v1',
      kind: given.kind,
      metadata: { name: 'x' },
    });
  });

  it('nor is the copy of the manifest that client-side tools leave (A11)', () => {
    const annotations = { 'kubectl.kubernetes.io/last-applied-configuration': '{}', kept: '1' };
    const owner = { application: 'shop', environment: 'production', namespace: 'shop' };
    const large = {
      ...object('ConfigMap', { data: { a: 'x'.repeat(300 * 1024) } }),
      metadata: { name: 'x', annotations },
    };
    expect(intentOf([large], owner)[0]?.metadata.annotations).toEqual({
      kept: '1',
      'tidegate.dev/application': 'shop',
      'tidegate.dev/environment': 'production',
    });
  });
});
