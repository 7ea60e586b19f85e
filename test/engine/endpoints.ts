import type { LiveObject } from '#domain/live-object.ts';

interface Endpoints extends LiveObject {
  readonly subsets?: readonly {
    readonly addresses?: readonly unknown[];
    readonly notReadyAddresses?: readonly unknown[];
  }[];
}

/** The EndpointSlice that says the same as an Endpoints object, for recordings that hold none. */
export function endpointSlicesOf(object: LiveObject): LiveObject {
  const { subsets = [] } = object as Endpoints;
  const endpoints = subsets.flatMap(({ addresses = [], notReadyAddresses = [] }) => [
    ...addresses.map(() => ({ conditions: { ready: true } })),
    ...notReadyAddresses.map(() => ({ conditions: { ready: false } })),
  ]);
  const { name, namespace = 'default' } = object.metadata;
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name, namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints,
  };
}
