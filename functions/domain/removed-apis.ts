/** An API that Kubernetes no longer serves, and what took its place. */
interface RemovedApi {
  readonly apiVersion: string;
  /** All of the version's kinds where absent. */
  readonly kinds?: readonly string[];
  /** The first release of Kubernetes without it. */
  readonly since: string;
  readonly instead: string;
}

const podSecurity =
  'the labels of Pod Security Admission on the namespace (`pod-security.kubernetes.io/enforce`)';

// Kubernetes' deprecated API migration guide. Rows of some kinds stand before those of all kinds.
const removedApis: readonly RemovedApi[] = [
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['Ingress'],
    since: '1.22',
    instead: '`networking.k8s.io/v1`',
  },
  {
    apiVersion: 'extensions/v1beta1',
    kinds: ['NetworkPolicy'],
    since: '1.16',
    instead: '`networking.k8s.io/v1`',
  },
  { apiVersion: 'extensions/v1beta1', kinds: ['PodSecurityPolicy'], since: '1.16', instead: podSecurity },
  { apiVersion: 'extensions/v1beta1', since: '1.16', instead: '`apps/v1`' },
  { apiVersion: 'apps/v1beta1', since: '1.16', instead: '`apps/v1`' },
  { apiVersion: 'apps/v1beta2', since: '1.16', instead: '`apps/v1`' },
  { apiVersion: 'policy/v1beta1', kinds: ['PodSecurityPolicy'], since: '1.25', instead: podSecurity },
  { apiVersion: 'policy/v1beta1', since: '1.25', instead: '`policy/v1`' },
  { apiVersion: 'batch/v2alpha1', since: '1.21', instead: '`batch/v1`' },
  { apiVersion: 'batch/v1beta1', since: '1.25', instead: '`batch/v1`' },
  { apiVersion: 'autoscaling/v2beta1', since: '1.25', instead: '`autoscaling/v2`' },
  { apiVersion: 'autoscaling/v2beta2', since: '1.26', instead: '`autoscaling/v2`' },
  { apiVersion: 'networking.k8s.io/v1beta1', since: '1.22', instead: '`networking.k8s.io/v1`' },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1alpha1',
    since: '1.22',
    instead: '`rbac.authorization.k8s.io/v1`',
  },
  {
    apiVersion: 'rbac.authorization.k8s.io/v1beta1',
    since: '1.22',
    instead: '`rbac.authorization.k8s.io/v1`',
  },
  {
    apiVersion: 'admissionregistration.k8s.io/v1beta1',
    since: '1.22',
    instead: '`admissionregistration.k8s.io/v1`',
  },
  { apiVersion: 'apiextensions.k8s.io/v1beta1', since: '1.22', instead: '`apiextensions.k8s.io/v1`' },
  { apiVersion: 'apiregistration.k8s.io/v1beta1', since: '1.22', instead: '`apiregistration.k8s.io/v1`' },
  { apiVersion: 'scheduling.k8s.io/v1alpha1', since: '1.17', instead: '`scheduling.k8s.io/v1`' },
  { apiVersion: 'scheduling.k8s.io/v1beta1', since: '1.22', instead: '`scheduling.k8s.io/v1`' },
  {
    apiVersion: 'storage.k8s.io/v1beta1',
    kinds: ['CSIStorageCapacity'],
    since: '1.27',
    instead: '`storage.k8s.io/v1`',
  },
  { apiVersion: 'storage.k8s.io/v1beta1', since: '1.22', instead: '`storage.k8s.io/v1`' },
  { apiVersion: 'coordination.k8s.io/v1beta1', since: '1.22', instead: '`coordination.k8s.io/v1`' },
  { apiVersion: 'certificates.k8s.io/v1beta1', since: '1.22', instead: '`certificates.k8s.io/v1`' },
  { apiVersion: 'discovery.k8s.io/v1beta1', since: '1.25', instead: '`discovery.k8s.io/v1`' },
  { apiVersion: 'events.k8s.io/v1beta1', since: '1.25', instead: '`events.k8s.io/v1`' },
  { apiVersion: 'node.k8s.io/v1alpha1', since: '1.20', instead: '`node.k8s.io/v1`' },
  { apiVersion: 'node.k8s.io/v1beta1', since: '1.25', instead: '`node.k8s.io/v1`' },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta1',
    since: '1.26',
    instead: '`flowcontrol.apiserver.k8s.io/v1`',
  },
  {
    apiVersion: 'flowcontrol.apiserver.k8s.io/v1beta2',
    since: '1.29',
    instead: '`flowcontrol.apiserver.k8s.io/v1`',
  },
];

/** What took the place of an API that clusters no longer serve (KUBERNETES.md D6); undefined for those they may serve. */
export function findRemovedApi(apiVersion: string, kind: string): RemovedApi | undefined {
  return removedApis.find(
    (removed) => removed.apiVersion === apiVersion && (removed.kinds?.includes(kind) ?? true),
  );
}

/** Groups that a built-in kind stood in before it moved to its own: the objects are the same ones (KUBERNETES.md P7). */
const formerGroups: Readonly<Record<string, string>> = {
  'extensions/Deployment': 'apps',
  'extensions/DaemonSet': 'apps',
  'extensions/ReplicaSet': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
};

/** The group that a kind is known by now: `extensions` Ingresses and those of `networking.k8s.io` are one family (P7). */
export function presentGroup(group: string, kind: string): string {
  return formerGroups[`${group}/${kind}`] ?? group;
}
