import type { KubernetesObject } from '#domain/manifest.ts';

// Objects of a release in namespace `shop`, with as much in them as their order is told by.

/** An object of any kind; with `placed` empty one without a namespace. */
export function object(
  apiVersion: string,
  kind: string,
  name: string,
  spec: object | undefined = undefined,
): KubernetesObject {
  const clusterScoped = /^(Namespace|PriorityClass|.*Configuration|APIService|CustomResourceDefinition)$/;
  const place = clusterScoped.test(kind) ? {} : { namespace: 'shop' };
  return { apiVersion, kind, metadata: { name, ...place }, ...(spec === undefined ? {} : { spec }) };
}

export function annotated(target: KubernetesObject, annotations: Record<string, string>): KubernetesObject {
  return { ...target, metadata: { ...target.metadata, annotations } };
}

/** A Deployment whose pods carry `app: <name>`. */
export function workload(name: string, container: object = {}, pod: object = {}): KubernetesObject {
  const spec = { containers: [{ name: 'main', ...container }], ...pod };
  const labels = { app: name };
  return object('apps/v1', 'Deployment', name, {
    selector: { matchLabels: labels },
    template: { metadata: { labels }, spec },
  });
}

export function service(name: string): KubernetesObject {
  return object('v1', 'Service', name, { selector: { app: name } });
}

export function binding(name: string, account: string): KubernetesObject {
  return {
    ...object('rbac.authorization.k8s.io/v1', 'RoleBinding', name),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'Role', name: 'reader' },
    subjects: [{ kind: 'ServiceAccount', name: account, namespace: 'shop' }],
  };
}

export function webhook(name: string, answeredBy: string): KubernetesObject {
  return {
    ...object('admissionregistration.k8s.io/v1', 'ValidatingWebhookConfiguration', name),
    webhooks: [{ name: 'a.example.com', clientConfig: { service: { name: answeredBy, namespace: 'shop' } } }],
  };
}

export function apiService(answeredBy: string): KubernetesObject {
  return object('apiregistration.k8s.io/v1', 'APIService', 'v1.metrics.example.com', {
    service: { name: answeredBy, namespace: 'shop' },
  });
}

export interface DefinitionShape {
  readonly scope?: 'Namespaced' | 'Cluster';
  /** The first one is stored. */
  readonly versions?: readonly string[];
  readonly schema?: object;
  /** The Service whose webhook converts. */
  readonly conversion?: string;
}

/** The definition of a kind of example.com. */
export function definition(kind: string, shape: DefinitionShape = {}): KubernetesObject {
  const { scope = 'Namespaced', versions = ['v1'], schema = {}, conversion } = shape;
  const plural = `${kind.toLowerCase()}s`;
  return object('apiextensions.k8s.io/v1', 'CustomResourceDefinition', `${plural}.example.com`, {
    group: 'example.com',
    scope,
    names: { kind, plural },
    versions: versions.map((name, index) => ({
      name,
      served: true,
      storage: index === 0,
      schema: { openAPIV3Schema: schema },
    })),
    ...(conversion === undefined
      ? {}
      : {
          conversion: {
            strategy: 'Webhook',
            webhook: { clientConfig: { service: { name: conversion, namespace: 'shop' } } },
          },
        }),
  });
}

export function customResource(
  kind: string,
  name: string,
  version = 'v1',
  spec: object = {},
): KubernetesObject {
  return object(`example.com/${version}`, kind, name, spec);
}
