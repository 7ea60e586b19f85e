import { evidenceKey } from '#domain/evidence.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { PodSpec, PodTemplate } from '#domain/workload.ts';

/** One kind to watch. */
export interface WatchedKind {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespaced: boolean;
  /** True for what only explains: where it may not be read, or is unknown to the cluster, evidence goes without it. */
  readonly optional: boolean;
}

/** What tells how a release fares, and where. */
export interface WatchScope {
  readonly namespaces: readonly string[];
  readonly kinds: readonly WatchedKind[];
}

const needed = { namespaced: true, optional: false } as const;
const pods: WatchedKind = { ...needed, apiVersion: 'v1', kind: 'Pod' };
const events: WatchedKind = { ...needed, apiVersion: 'v1', kind: 'Event' };
const services: WatchedKind = { ...needed, apiVersion: 'v1', kind: 'Service' };
const endpointSlices: WatchedKind = { ...needed, apiVersion: 'discovery.k8s.io/v1', kind: 'EndpointSlice' };
const replicaSets: WatchedKind = { ...needed, apiVersion: 'apps/v1', kind: 'ReplicaSet' };
const explains = { namespaced: true, optional: true } as const;
const claims: WatchedKind = { ...explains, apiVersion: 'v1', kind: 'PersistentVolumeClaim' };
const revisions: WatchedKind = { ...explains, apiVersion: 'apps/v1', kind: 'ControllerRevision' };
const classes = { namespaced: false, optional: true } as const;
const storageClasses: WatchedKind = { ...classes, apiVersion: 'storage.k8s.io/v1', kind: 'StorageClass' };
const ingressClasses: WatchedKind = { ...classes, apiVersion: 'networking.k8s.io/v1', kind: 'IngressClass' };

// What besides an object of the kind itself tells how it fares (KUBERNETES.md §8–§10).
const companions: Readonly<Record<string, readonly WatchedKind[]>> = {
  'apps/Deployment': [replicaSets, pods, events],
  'apps/ReplicaSet': [pods, events],
  'apps/StatefulSet': [pods, events, claims],
  'apps/DaemonSet': [pods, events, revisions],
  'batch/Job': [pods, events],
  '/Pod': [events],
  '/ReplicationController': [pods, events],
  '/Service': [pods, endpointSlices, events],
  '/PersistentVolumeClaim': [pods, events, storageClasses],
  'networking.k8s.io/Ingress': [services, endpointSlices, events, ingressClasses],
  'autoscaling/HorizontalPodAutoscaler': [events],
};

// Applied is all that these can be: they have no status that anybody waits for (§8), and need not be read for it.
const readyOnceApplied: ReadonlySet<string> = new Set([
  '/ConfigMap',
  '/Secret',
  '/ServiceAccount',
  '/LimitRange',
  '/ResourceQuota',
  '/Endpoints',
  'discovery.k8s.io/EndpointSlice',
  'rbac.authorization.k8s.io/Role',
  'rbac.authorization.k8s.io/RoleBinding',
  'rbac.authorization.k8s.io/ClusterRole',
  'rbac.authorization.k8s.io/ClusterRoleBinding',
  'networking.k8s.io/NetworkPolicy',
  'networking.k8s.io/IngressClass',
  'scheduling.k8s.io/PriorityClass',
  'node.k8s.io/RuntimeClass',
  'storage.k8s.io/StorageClass',
  'storage.k8s.io/CSIDriver',
  'admissionregistration.k8s.io/MutatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingWebhookConfiguration',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicy',
  'admissionregistration.k8s.io/ValidatingAdmissionPolicyBinding',
  'admissionregistration.k8s.io/MutatingAdmissionPolicy',
  'admissionregistration.k8s.io/MutatingAdmissionPolicyBinding',
]);

/** True when an object of that kind is ready as soon as the cluster has taken it (KUBERNETES.md §8). */
export function isReadyOnceApplied(object: Pick<KubernetesObject, 'apiVersion' | 'kind'>): boolean {
  return readyOnceApplied.has(evidenceKey(object));
}

function mountsClaim({ kind, spec }: KubernetesObject): boolean {
  const { template, ...pod } = (spec ?? {}) as Partial<PodSpec> & { readonly template?: PodTemplate };
  const { volumes = [] } = (kind === 'Pod' ? pod : template?.spec) ?? {};
  return volumes.some(({ persistentVolumeClaim }) => persistentVolumeClaim !== undefined);
}

/**
 * What to watch to judge these objects: their own kinds, and those that explain them, each in the version that the
 * release speaks. `homeNamespace` is watched in any case.
 */
export function watchScope(objects: readonly KubernetesObject[], homeNamespace: string): WatchScope {
  const judged = objects.filter((object) => !isReadyOnceApplied(object));
  const own = judged.map(
    ({ apiVersion, kind, metadata }): WatchedKind => ({
      apiVersion,
      kind,
      namespaced: metadata.namespace !== undefined,
      optional: false,
    }),
  );
  const beside = judged.flatMap((object) => [
    ...(companions[evidenceKey(object)] ?? []),
    ...(mountsClaim(object) ? [claims] : []),
  ]);
  const kinds = new Map<string, WatchedKind>();
  for (const watched of [...own, ...beside]) {
    const key = evidenceKey(watched);
    const known = kinds.get(key) ?? watched;
    kinds.set(key, { ...known, optional: known.optional && watched.optional });
  }
  const namespaces = objects.flatMap(({ metadata }) => metadata.namespace ?? []);
  return {
    namespaces: [...new Set([homeNamespace, ...namespaces])].sort(),
    kinds: [...kinds.values()],
  };
}

/** Karpenter's claims for nodes: looked at once it says that it brings one (KUBERNETES.md E8). */
export const nodeClaims: WatchedKind = { ...classes, apiVersion: 'karpenter.sh/v1', kind: 'NodeClaim' };
