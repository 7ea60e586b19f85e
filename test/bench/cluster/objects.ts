import type { KubernetesObject } from '#domain/manifest.ts';

const kinds = [configMap, service, deployment] as const;

/** `count` objects, a third each of ConfigMaps, Services and Deployments without pods: applying alone is what is timed. */
export function mixedObjects(count: number, namespace: string): readonly KubernetesObject[] {
  return Array.from({ length: count }, (_, index) => {
    const make = kinds[index % kinds.length] ?? configMap;
    return make(`app-${String(Math.floor(index / kinds.length)).padStart(4, '0')}`, namespace);
  });
}

function configMap(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: { name, namespace, labels: { app: name } },
    data: { 'settings.json': JSON.stringify({ name, greeting: 'hello', limits: { requests: 100 } }) },
  };
}

function service(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'v1',
    kind: 'Service',
    metadata: { name, namespace, labels: { app: name } },
    spec: { selector: { app: name }, ports: [{ name: 'http', port: 80, targetPort: 8080, protocol: 'TCP' }] },
  };
}

function deployment(name: string, namespace: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name, namespace, labels: { app: name } },
    spec: {
      replicas: 0,
      selector: { matchLabels: { app: name } },
      template: {
        metadata: { labels: { app: name } },
        spec: {
          containers: [
            {
              name: 'main',
              image: 'registry.example.com/shop/web:1',
              envFrom: [{ configMapRef: { name } }],
              ports: [{ containerPort: 8080, protocol: 'TCP' }],
              resources: { requests: { cpu: '10m', memory: '32Mi' } },
            },
          ],
        },
      },
    },
  };
}
