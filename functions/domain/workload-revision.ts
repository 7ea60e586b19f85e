import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { DaemonSet, Deployment, Pod, ReplicaSet, StatefulSet } from '#domain/workload.ts';

const revisionAnnotation = 'deployment.kubernetes.io/revision';
const templateGeneration = 'deprecated.daemonset.template.generation';
const hashLabel = 'controller-revision-hash';

/** What a workload's present revision consists of (KUBERNETES.md H2): only its pods are judged. */
export interface Revision {
  readonly pods: readonly Pod[];
  /** Who creates them, and says so when it is refused. */
  readonly creator: LiveObject;
}

type RevisionOf = (live: LiveObject, evidence: RolloutEvidence) => Revision;

const revisions: Readonly<Record<string, RevisionOf>> = {
  'apps/Deployment': deploymentRevision,
  'apps/StatefulSet': statefulSetRevision,
  'apps/DaemonSet': daemonSetRevision,
  'apps/ReplicaSet': ownedPods,
  '/ReplicationController': ownedPods,
  'batch/Job': ownedPods,
  '/Pod': (live) => ({ creator: live, pods: [live as Pod] }),
};

/** Kinds that own pods, by their names in the evidence. */
export const podOwningKinds: ReadonlySet<string> = new Set(Object.keys(revisions));

/** The present revision of a workload; undefined for kinds that own no pods. Pods on their way out are of none (E0). */
export function revisionOf(key: string, live: LiveObject, evidence: RolloutEvidence): Revision | undefined {
  const revision = revisions[key]?.(live, evidence);
  return (
    revision && {
      ...revision,
      pods: revision.pods.filter(({ metadata }) => metadata.deletionTimestamp === undefined),
    }
  );
}

function isOwnedBy(owner: LiveObject | undefined, { metadata }: LiveObject): boolean {
  return (
    owner !== undefined && (metadata.ownerReferences?.some(({ uid }) => uid === owner.metadata.uid) ?? false)
  );
}

// Owners are looked up for every workload of a release: the pods are sorted by theirs once per look.
const sorted = new WeakMap<RolloutEvidence, ReadonlyMap<string, readonly Pod[]>>();

/** Every pod that an object owns, whatever its revision. */
export function podsOwnedBy(owner: LiveObject | undefined, evidence: RolloutEvidence): readonly Pod[] {
  let byOwner = sorted.get(evidence);
  if (byOwner === undefined) {
    byOwner = Map.groupBy(
      seen(evidence, '/Pod'),
      ({ metadata }) => metadata.ownerReferences?.find(({ controller }) => controller !== false)?.uid ?? '',
    );
    sorted.set(evidence, byOwner);
  }
  return byOwner.get(owner?.metadata.uid ?? 'none') ?? [];
}

function ownedPods(live: LiveObject, evidence: RolloutEvidence): Revision {
  return { creator: live, pods: podsOwnedBy(live, evidence) };
}

function deploymentRevision(live: LiveObject, evidence: RolloutEvidence): Revision {
  const replicaSet = currentReplicaSet(live as Deployment, seen(evidence, 'apps/ReplicaSet'));
  return { creator: replicaSet ?? live, pods: podsOwnedBy(replicaSet, evidence) };
}

/** The ReplicaSet of the Deployment's own revision; of several with its number, the one with its template. */
function currentReplicaSet(
  deployment: Deployment,
  replicaSets: readonly ReplicaSet[],
): ReplicaSet | undefined {
  const revision = deployment.metadata.annotations?.[revisionAnnotation];
  const current = replicaSets.filter(
    (replicaSet) =>
      isOwnedBy(deployment, replicaSet) && replicaSet.metadata.annotations?.[revisionAnnotation] === revision,
  );
  return current.length < 2
    ? current[0]
    : (current.find((each) => hasSamePods(each, deployment)) ?? current[0]);
}

// The server writes both templates with its own defaults; the labels differ by the hash that the controller adds.
function hasSamePods({ spec }: ReplicaSet, deployment: Deployment): boolean {
  return JSON.stringify(spec.template?.spec) === JSON.stringify(deployment.spec.template.spec);
}

function statefulSetRevision(live: LiveObject, evidence: RolloutEvidence): Revision {
  const { updateRevision } = (live as StatefulSet).status ?? {};
  const pods = podsOwnedBy(live, evidence).filter(
    ({ metadata }) => updateRevision === undefined || metadata.labels?.[hashLabel] === updateRevision,
  );
  return { creator: live, pods };
}

/** A DaemonSet's status names no revision: its newest ControllerRevision does, or its template's generation. */
function daemonSetRevision(live: LiveObject, evidence: RolloutEvidence): Revision {
  const pods = podsOwnedBy(live, evidence);
  const newest = seen(evidence, 'apps/ControllerRevision')
    .filter((revision) => isOwnedBy(live, revision))
    .reduce<number>((highest, { revision = 0 }) => Math.max(highest, revision), 0);
  const hash = seen(evidence, 'apps/ControllerRevision').find(
    (each) => isOwnedBy(live, each) && each.revision === newest,
  )?.metadata.labels?.[hashLabel];
  const generation = (live as DaemonSet).metadata.annotations?.[templateGeneration];
  return {
    creator: live,
    pods: pods.filter(({ metadata }) => {
      if (hash !== undefined) return metadata.labels?.[hashLabel] === hash;
      const own = metadata.labels?.['pod-template-generation'];
      return own === undefined || generation === undefined || own === generation;
    }),
  };
}

/** Pods of a StatefulSet that its update is to replace, those outside of its partition left alone. */
export function supersededPods(live: StatefulSet, evidence: RolloutEvidence): readonly Pod[] {
  const { updateRevision } = live.status ?? {};
  const partition = live.spec.updateStrategy?.rollingUpdate?.partition ?? 0;
  if (updateRevision === undefined || live.spec.updateStrategy?.type === 'OnDelete') return [];
  return podsOwnedBy(live, evidence).filter(
    ({ metadata }) =>
      metadata.deletionTimestamp === undefined &&
      metadata.labels?.[hashLabel] !== updateRevision &&
      Number(/-(\d+)$/.exec(metadata.name)?.[1] ?? 0) >= partition,
  );
}
