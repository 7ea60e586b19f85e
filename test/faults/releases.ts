import type { KubernetesObject } from '#domain/manifest.ts';

const configMap = (name: string, data: Record<string, string>): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name },
  data,
});

/** What marks everything that one version of the application says. */
export function tagOf(version: number): string {
  return `v${String(version).padStart(6, '0')}`;
}

const base64 = (text: string): string => Buffer.from(text).toString('base64');

/**
 * A version of an application: each changes every object, brings one that only it has, and does not hold that of the
 * version before, which is pruned.
 */
export function shop(version: number): readonly KubernetesObject[] {
  const tag = tagOf(version);
  return [
    ...['a', 'b'].map((name) => configMap(`settings-${name}`, { version: tag })),
    configMap(`only-${tag}`, { a: '1' }),
    { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token' }, data: { token: base64(tag) } },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web' },
      spec: {
        replicas: 1,
        selector: { matchLabels: { app: 'web' } },
        template: {
          metadata: { labels: { app: 'web' } },
          spec: {
            containers: [
              { name: 'main', image: `shop/web:${tag}`, envFrom: [{ configMapRef: { name: 'settings-a' } }] },
            ],
          },
        },
      },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web' },
      spec: { selector: { app: 'web' }, ports: [{ name: tag, port: 80, targetPort: 8080 }] },
    },
  ];
}

/** The same text for every version, so that what two of them left can be compared. */
export function withoutVersion(document: unknown, version: number): unknown {
  const tag = tagOf(version);
  const text = JSON.stringify(document)
    .replaceAll(tag, 'VERSION')
    .replaceAll(/\bv\d{6}/g, 'BEFORE')
    .replaceAll(/\brun-\d+\//g, 'NAMESPACE/')
    .replaceAll(base64(tag), 'VERSION')
    .replaceAll(/"tidegate.dev\/config-hash":"[^"]*"/g, '"tidegate.dev/config-hash":"HASH"');
  return JSON.parse(text);
}
