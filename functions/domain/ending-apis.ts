import { findKindRule } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';

/** An API that some supported cluster still serves and a later one does not. */
export interface EndingApi {
  /** The first release of Kubernetes without it. */
  readonly removedIn: string;
  /** The API to use, where the kind has one that stays. */
  readonly instead?: string;
}

// From the lifecycle that Kubernetes 1.36 declares of its types (`APILifecycleRemoved` in k8s.io/api).
const rows: readonly (readonly [apiVersion: string, kinds: RegExp, removedIn: string])[] = [
  ['flowcontrol.apiserver.k8s.io/v1beta3', /./, '1.32'],
  ['admissionregistration.k8s.io/v1alpha1', /^Validating/, '1.32'],
  ['admissionregistration.k8s.io/v1beta1', /^Validating/, '1.34'],
  ['admissionregistration.k8s.io/v1alpha1', /^Mutating/, '1.38'],
  ['admissionregistration.k8s.io/v1beta1', /^Mutating/, '1.40'],
  ['storage.k8s.io/v1alpha1', /^VolumeAttributesClass$/, '1.35'],
  ['storage.k8s.io/v1beta1', /^VolumeAttributesClass$/, '1.37'],
  ['networking.k8s.io/v1beta1', /^(IPAddress|ServiceCIDR)$/, '1.37'],
  ['certificates.k8s.io/v1alpha1', /^ClusterTrustBundle$/, '1.37'],
  ['certificates.k8s.io/v1beta1', /^ClusterTrustBundle$/, '1.40'],
  ['coordination.k8s.io/v1alpha2', /^LeaseCandidate$/, '1.38'],
  ['coordination.k8s.io/v1beta1', /^LeaseCandidate$/, '1.39'],
  ['resource.k8s.io/v1beta1', /./, '1.38'],
  ['resource.k8s.io/v1beta2', /./, '1.39'],
];

// An API is deprecated for at least this many releases before it goes: from then on the server warns of it, too.
const noticeMinors = 3;

/** Whether later releases of Kubernetes no longer serve the API that an object is written in (KUBERNETES.md D6, K10). */
export function findEndingApi(object: KubernetesObject): EndingApi | undefined {
  const row = rows.find(([apiVersion, kinds]) => apiVersion === object.apiVersion && kinds.test(object.kind));
  if (row === undefined) return undefined;
  const { group, versions } = findKindRule(identityOf(object)) ?? { group: '', versions: [] };
  const [present = ''] = versions;
  const instead = `${group}/${present}`;
  return {
    removedIn: row[2],
    ...(/^v\d+$/.test(present) && instead !== object.apiVersion ? { instead } : {}),
  };
}

/** True when a cluster of that release is within the notice of an API's end, or past it; `1.36`, both. */
export function isEnding(removedIn: string, cluster: string): boolean {
  return minorOf(removedIn) - minorOf(cluster) <= noticeMinors;
}

function minorOf(version: string): number {
  return Number(/^\d+\.(\d+)/.exec(version)?.[1] ?? 0);
}
