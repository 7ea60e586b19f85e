import { findKindRule } from '#domain/kinds.ts';
import type { WatchedKind } from '#domain/watch-scope.ts';
import type { ApiClient } from './api-client.ts';

// What explains rollouts and is never part of a release; everything else is in the table of kinds or discovered.
const explaining: Readonly<Record<string, string>> = {
  'v1/Pod': 'pods',
  'v1/Event': 'events',
  'v1/Service': 'services',
  'v1/PersistentVolumeClaim': 'persistentvolumeclaims',
  'apps/v1/ReplicaSet': 'replicasets',
  'apps/v1/StatefulSet': 'statefulsets',
  'apps/v1/DaemonSet': 'daemonsets',
  'apps/v1/ControllerRevision': 'controllerrevisions',
  'batch/v1/Job': 'jobs',
  'discovery.k8s.io/v1/EndpointSlice': 'endpointslices',
  'storage.k8s.io/v1/StorageClass': 'storageclasses',
  'networking.k8s.io/v1/Ingress': 'ingresses',
  'networking.k8s.io/v1/IngressClass': 'ingressclasses',
};

interface ResourceList {
  readonly resources: readonly { readonly name: string; readonly kind: string }[];
}

/** The name of a kind's resource in REST paths; undefined when the cluster doesn't know the kind. */
export async function watchedResource(
  client: ApiClient,
  { apiVersion, kind }: WatchedKind,
): Promise<string | undefined> {
  const slash = apiVersion.indexOf('/');
  const known = explaining[`${apiVersion}/${kind}`];
  if (known !== undefined) return known;
  const rule = findKindRule({ group: slash < 0 ? '' : apiVersion.slice(0, slash), kind });
  return rule?.resource ?? (await discover(client, apiVersion, kind));
}

async function discover(client: ApiClient, apiVersion: string, kind: string): Promise<string | undefined> {
  const path = `${apiVersion.includes('/') ? '/apis' : '/api'}/${apiVersion}`;
  const subject = `resources of ${apiVersion}`;
  const outcome = await client.call({ method: 'GET', path, subject }, ['not-found', 'refused']);
  if (outcome.kind !== 'success') return undefined;
  const { resources } = JSON.parse(outcome.answer.body) as ResourceList;
  return resources.find((resource) => resource.kind === kind && !resource.name.includes('/'))?.name;
}
