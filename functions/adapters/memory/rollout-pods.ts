import type { LiveObject } from '#domain/live-object.ts';
import type { ClusterEvent, ContainerStatus, Pod, ReplicaSet, StatefulSet } from '#domain/workload.ts';

/** What a container of some image does: it runs, ends with an exit code again and again, or never becomes ready. */
export type ContainerBehaviour =
  | { readonly kind: 'runs' }
  | { readonly kind: 'crashes'; readonly exitCode: number; readonly log: string }
  | { readonly kind: 'never-ready' };

/** When a container that crashes ends for the first and for the second time, after its revision began. */
export const crashesAtMilliseconds = [200, 400] as const;

/** When a container that runs is ready, after its pod began. */
export const readyAfterMilliseconds = 300;

/** What an object says of the one that controls it. */
export function owner(kind: string, { metadata }: LiveObject) {
  return { apiVersion: 'apps/v1', kind, name: metadata.name, uid: metadata.uid ?? '', controller: true };
}

/** One pod of a revision, as it fares `elapsed` milliseconds after the revision began. */
export function podOf(
  replicaSet: ReplicaSet | StatefulSet,
  index: number,
  behaviour: ContainerBehaviour,
  begunAt: number,
  elapsed: number,
  isReady: boolean,
): Pod {
  const template = replicaSet.spec.template;
  const name = `${replicaSet.metadata.name}-${index}`;
  const containers = template?.spec.containers ?? [];
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace: replicaSet.metadata.namespace ?? 'default',
      uid: `pod-${name}`,
      ...(template?.metadata?.labels === undefined ? {} : { labels: template.metadata.labels }),
      creationTimestamp: new Date(begunAt).toISOString(),
      ownerReferences: [owner(replicaSet.kind, replicaSet)],
    },
    spec: template?.spec ?? { containers: [] },
    status: {
      phase: 'Running',
      startTime: new Date(begunAt).toISOString(),
      containerStatuses: containers.map((container) =>
        statusOf(container.name, behaviour, begunAt, elapsed, isReady),
      ),
    },
  } as Pod;
}

function statusOf(
  name: string,
  behaviour: ContainerBehaviour,
  begunAt: number,
  elapsed: number,
  isReady: boolean,
): ContainerStatus {
  if (behaviour.kind !== 'crashes' || elapsed < crashesAtMilliseconds[0]) {
    return { name, ready: isReady, restartCount: 0, state: { running: {} } };
  }
  const finishedAt = new Date(begunAt + crashesAtMilliseconds[0]).toISOString();
  const terminated = { exitCode: behaviour.exitCode, reason: 'Error', finishedAt };
  return elapsed < crashesAtMilliseconds[1]
    ? { name, ready: false, restartCount: 0, state: { terminated } }
    : {
        name,
        ready: false,
        restartCount: 1,
        state: { waiting: { reason: 'CrashLoopBackOff' } },
        lastState: { terminated },
      };
}

/** The event by which the second crash is first seen. */
export function backOff(pod: Pod, begunAt: number): ClusterEvent {
  const { name, namespace = 'default', uid = '' } = pod.metadata;
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${name}.backoff`, namespace },
    reason: 'BackOff',
    message: 'Back-off restarting failed container',
    count: 1,
    lastTimestamp: new Date(begunAt + crashesAtMilliseconds[1]).toISOString(),
    involvedObject: { kind: 'Pod', name, uid },
  };
}
