import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type {
  ClusterEvent,
  DaemonSet,
  Deployment,
  EndpointSlice,
  Ingress,
  Job,
  PersistentVolumeClaim,
  Pod,
  ReplicaSet,
  Service,
  StatefulSet,
  StorageClass,
} from '#domain/workload.ts';

/**
 * What a cluster shows of a rollout: live objects by `<group>/<Kind>` (core kinds have no group: `/Pod`). A kind that is
 * not watched, or that may not be read, has no entry; one that is watched has one though there be no such object.
 */
export type RolloutEvidence = Readonly<Record<string, readonly LiveObject[]>>;

/** The kinds whose parts are judged, by their names in the evidence. */
export interface KnownKinds {
  readonly 'apps/Deployment': Deployment;
  readonly 'apps/ReplicaSet': ReplicaSet;
  readonly 'apps/StatefulSet': StatefulSet;
  readonly 'apps/DaemonSet': DaemonSet;
  readonly 'apps/ControllerRevision': LiveObject & { readonly revision?: number };
  readonly 'batch/Job': Job;
  readonly '/Pod': Pod;
  readonly '/Event': ClusterEvent;
  readonly '/Service': Service;
  readonly '/PersistentVolumeClaim': PersistentVolumeClaim;
  readonly 'discovery.k8s.io/EndpointSlice': EndpointSlice;
  readonly 'networking.k8s.io/Ingress': Ingress;
  readonly 'storage.k8s.io/StorageClass': StorageClass;
}

/** The objects of one kind that are seen, none where the kind is not watched. */
export function seen<Kind extends keyof KnownKinds>(
  evidence: RolloutEvidence,
  kind: Kind,
): readonly KnownKinds[Kind][] {
  return (evidence[kind] ?? []) as unknown as readonly KnownKinds[Kind][];
}

/** The name under which the evidence keeps objects of a kind: `apps/Deployment`, `/Pod`. */
export function evidenceKey({
  apiVersion,
  kind,
}: {
  readonly apiVersion: string;
  readonly kind: string;
}): string {
  const slash = apiVersion.indexOf('/');
  return `${slash < 0 ? '' : apiVersion.slice(0, slash)}/${kind}`;
}

// Hundreds of objects are looked up in each look: by name within their namespace, from an index made once for it.
const indexes = new WeakMap<readonly LiveObject[], ReadonlyMap<string, LiveObject>>();

function indexOf(objects: readonly LiveObject[]): ReadonlyMap<string, LiveObject> {
  const known = indexes.get(objects);
  if (known !== undefined) return known;
  const index = new Map(objects.map((object) => [placeOf(object), object]));
  indexes.set(objects, index);
  return index;
}

function placeOf({ metadata }: KubernetesObject): string {
  return `${metadata.namespace ?? ''}/${metadata.name}`;
}

/** The live counterpart of an object of the release, if it is seen. */
export function findLive(evidence: RolloutEvidence, object: KubernetesObject): LiveObject | undefined {
  return indexOf(evidence[evidenceKey(object)] ?? []).get(placeOf(object));
}
