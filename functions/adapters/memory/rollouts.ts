import { canonicalDigest } from '#domain/canonical-json.ts';
import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import type { Condition, LiveObject } from '#domain/live-object.ts';
import {
  type ClusterEvent,
  type Deployment,
  type EndpointSlice,
  type Pod,
  type ReplicaSet,
  type Service,
  selects,
} from '#domain/workload.ts';
import {
  backOff,
  type ContainerBehaviour,
  crashesAtMilliseconds,
  owner,
  podOf,
  readyAfterMilliseconds,
} from './rollout-pods.ts';
import { createStatefulSets } from './stateful-sets.ts';

/** One revision of a Deployment, since a moment. */
interface Revision {
  readonly revision: number;
  readonly hash: string;
  readonly begunAt: number;
}

export interface Rollouts {
  /** Notes a Deployment as it was written: a new template begins a new revision. */
  written(deployment: Deployment, now: number): void;
  /** What the controllers and kubelets of this cluster show at `now`. */
  evidence(objects: readonly LiveObject[], now: number): RolloutEvidence;
  log(pod: string, previous: boolean): string | undefined;
  /** Deletes a pod as somebody would; its controller makes another one. */
  removePod(uid: string): void;
}

/** Rollouts without pods: everything follows from when a revision began and from what its image does. */
export function createRollouts(behaviourOf: (image: string) => ContainerBehaviour): Rollouts {
  const revisions = new Map<string, Revision[]>();
  const logs = new Map<string, string>();
  const statefulSets = createStatefulSets(behaviourOf);

  function current(deployment: Deployment): Revision {
    return revisions.get(deployment.metadata.uid ?? '')?.at(-1) ?? { revision: 0, hash: '', begunAt: 0 };
  }

  return {
    written(deployment, now) {
      const uid = deployment.metadata.uid ?? '';
      const known = revisions.get(uid) ?? [];
      const hash = canonicalDigest(deployment.spec.template).slice(7, 17);
      if (known.at(-1)?.hash !== hash) known.push({ revision: known.length + 1, hash, begunAt: now });
      revisions.set(uid, known);
    },
    evidence(objects, now) {
      const rollouts = objects
        .filter(({ kind }) => kind === 'Deployment')
        .map((object) => showRollout(object as Deployment, current(object as Deployment), behaviourOf, now));
      for (const { pods, behaviour } of rollouts) {
        if (behaviour.kind === 'crashes') for (const pod of pods) logs.set(pod.metadata.name, behaviour.log);
      }
      const sets = objects
        .filter(({ kind }) => kind === 'StatefulSet')
        .map((object) => statefulSets.show(object, now));
      const pods = [...rollouts, ...sets].flatMap((rollout) => rollout.pods);
      const services = objects.filter(({ kind }) => kind === 'Service') as Service[];
      return {
        ...stored(objects),
        'apps/Deployment': rollouts.map(({ deployment }) => deployment),
        'apps/ReplicaSet': rollouts.map(({ replicaSet }) => replicaSet),
        '/Pod': pods,
        'apps/StatefulSet': sets.map(({ statefulSet }) => statefulSet),
        '/Event': [...rollouts, ...sets].flatMap(({ events }) => events),
        'discovery.k8s.io/EndpointSlice': services.map((service) => endpointsOf(service, pods)),
      };
    },
    removePod: (uid) => statefulSets.removePod(uid),
    log: (pod, previous) => (previous ? logs.get(pod) : undefined),
  };
}

/** What nothing happens to: as it was applied. */
function stored(objects: readonly LiveObject[]): RolloutEvidence {
  return Object.fromEntries(Map.groupBy(objects, evidenceKey));
}

interface ShownRollout {
  readonly deployment: Deployment;
  readonly replicaSet: ReplicaSet;
  readonly pods: readonly Pod[];
  readonly events: readonly ClusterEvent[];
  readonly behaviour: ContainerBehaviour;
}

function showRollout(
  deployment: Deployment,
  { revision, hash, begunAt }: Revision,
  behaviourOf: (image: string) => ContainerBehaviour,
  now: number,
): ShownRollout {
  const { replicas = 1, template } = deployment.spec;
  const behaviour = behaviourOf(template.spec.containers[0]?.image ?? '');
  const elapsed = now - begunAt;
  const isReady = behaviour.kind === 'runs' && elapsed >= readyAfterMilliseconds;
  const name = `${deployment.metadata.name}-${hash}`;
  const { namespace = 'default' } = deployment.metadata;
  const annotations = { 'deployment.kubernetes.io/revision': String(revision) };
  const replicaSet = {
    apiVersion: 'apps/v1',
    kind: 'ReplicaSet',
    metadata: {
      name,
      namespace,
      uid: `rs-${name}`,
      annotations,
      ownerReferences: [owner('Deployment', deployment)],
    },
    spec: { replicas, template },
  } as ReplicaSet;
  const pods = Array.from({ length: replicas }, (_, index) =>
    podOf(replicaSet, index, behaviour, begunAt, elapsed, isReady),
  );
  const ready = isReady ? replicas : 0;
  const shown = {
    ...deployment,
    metadata: { ...deployment.metadata, annotations: { ...deployment.metadata.annotations, ...annotations } },
    status: {
      observedGeneration: deployment.metadata.generation ?? 1,
      replicas,
      updatedReplicas: replicas,
      readyReplicas: ready,
      availableReplicas: ready,
      conditions: conditionsOf(isReady, begunAt),
    },
  } as Deployment;
  const events =
    elapsed >= crashesAtMilliseconds[1] && behaviour.kind === 'crashes'
      ? pods.map((pod) => backOff(pod, begunAt))
      : [];
  return { deployment: shown, replicaSet, pods, events, behaviour };
}

function conditionsOf(isReady: boolean, begunAt: number): readonly Condition[] {
  const lastUpdateTime = new Date(begunAt).toISOString();
  return [
    { type: 'Available', status: isReady ? 'True' : 'False' },
    {
      type: 'Progressing',
      status: 'True',
      reason: isReady ? 'NewReplicaSetAvailable' : 'ReplicaSetUpdated',
      lastUpdateTime,
    },
  ];
}

function endpointsOf(service: Service, pods: readonly Pod[]): EndpointSlice {
  const { name, namespace = 'default' } = service.metadata;
  const behind = pods.filter(
    ({ metadata }) =>
      metadata.namespace === namespace && selects(service.spec.selector ?? {}, metadata.labels),
  );
  return {
    apiVersion: 'discovery.k8s.io/v1',
    kind: 'EndpointSlice',
    metadata: { name: `${name}-1`, namespace, labels: { 'kubernetes.io/service-name': name } },
    endpoints: behind.map(({ status }) => ({
      conditions: { ready: status?.containerStatuses?.every(({ ready }) => ready === true) ?? false },
    })),
  };
}
