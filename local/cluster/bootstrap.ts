import { builtIn } from './built-in-kinds.ts';
import type { Registry } from './registry/registry.ts';

const options = { manager: 'kube-apiserver', isDryRun: false };

/** Puts what every cluster has into the store, unless the runtime did: namespaces and the service of the API server. */
export function seed(registry: Registry): void {
  const namespaces = builtIn('', 'namespaces');
  for (const name of ['default', 'kube-node-lease', 'kube-public', 'kube-system']) {
    if (registry.find({ kind: namespaces, namespace: undefined, name }) !== undefined) continue;
    registry.create(
      namespaces,
      undefined,
      { apiVersion: 'v1', kind: 'Namespace', metadata: { name } },
      options,
    );
  }
  const metadata = { name: 'kubernetes', labels: { component: 'apiserver', provider: 'kubernetes' } };
  const spec = { clusterIP: '10.96.0.1', ports: [{ name: 'https', port: 443, targetPort: 6443 }] };
  const service = { apiVersion: 'v1', kind: 'Service', metadata, spec };
  registry.create(builtIn('', 'services'), 'default', service, options);
}

/** Gives each namespace, now and later, its `default` service account and the cluster's certificate authority. */
export function furnishNamespaces(registry: Registry, caPem: string): () => void {
  const furnish = (namespace: string) => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'default' } };
    const authority = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'kube-root-ca.crt' },
      data: { 'ca.crt': caPem },
    };
    const by = { ...options, manager: 'kube-controller-manager' };
    registry.create(builtIn('', 'serviceaccounts'), namespace, account, by);
    registry.create(builtIn('', 'configmaps'), namespace, authority, by);
  };
  for (const { metadata } of registry.list(builtIn('', 'namespaces'), undefined)) furnish(metadata.name);
  return registry.store.subscribe((change) => {
    const isNew = change.type === 'put' && change.previous === undefined;
    const [, , resource, name] = change.key.split('/');
    // Later, so that whoever created the namespace sees its event before those of what is in it.
    if (isNew && resource === 'namespaces' && name !== undefined) queueMicrotask(() => furnish(name));
  });
}
