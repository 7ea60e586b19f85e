import { type KnownKinds, type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { Condition } from '#domain/live-object.ts';
import type { ClusterEvent, ContainerStatus, Deployment, Pod } from '#domain/workload.ts';

/** What a cluster shows of a rollout, made of what it would show by itself. */
export type Stage = (evidence: RolloutEvidence, now: number) => RolloutEvidence;

/** All of them, one after the other. */
export const all =
  (...stages: readonly Stage[]): Stage =>
  (evidence, now) =>
    stages.reduce((shown, stage) => stage(shown, now), evidence);

/** A stage from one moment on, and until another. */
export const during =
  (from: number, until: number, stage: Stage): Stage =>
  (evidence, now) =>
    now >= from && now < until ? stage(evidence, now) : evidence;

/** The evidence with each object of a kind as this makes it. */
export function changed<Kind extends keyof KnownKinds>(
  evidence: RolloutEvidence,
  kind: Kind,
  change: (object: KnownKinds[Kind], index: number) => KnownKinds[Kind],
): RolloutEvidence {
  return { ...evidence, [kind]: seen(evidence, kind).map(change) };
}

/** Deployments whose new pods are there but not ready. */
export const unready: Stage = (evidence) =>
  changed(evidence, 'apps/Deployment', (deployment) => ({
    ...deployment,
    status: { ...deployment.status, readyReplicas: 0, availableReplicas: 0 },
  }));

const withStatus = (pod: Pod, status: Pod['status']): Pod => ({
  ...pod,
  status: { ...pod.status, ...status },
});

/** Every new pod with a status like this. */
export const pods =
  (status: Pod['status']): Stage =>
  (evidence, now) =>
    unready(
      changed(evidence, '/Pod', (pod) => withStatus(pod, status)),
      now,
    );

/** Every new pod with its container `main` like this. */
export const containers = (status: Omit<ContainerStatus, 'name'>): Stage =>
  pods({ containerStatuses: [{ name: 'main', ready: false, restartCount: 0, ...status }] });

/** A container that ended twice in the same way. */
export const endedTwice = (exitCode: number, reason = 'Error'): Omit<ContainerStatus, 'name'> => ({
  restartCount: 1,
  state: { waiting: { reason: 'CrashLoopBackOff' } },
  lastState: { terminated: { exitCode, reason } },
});

/** A container that waits for this reason. */
export const waiting = (reason: string, message: string): Stage =>
  containers({ state: { waiting: { reason, message } } });

/** An event on every new pod, or on every ReplicaSet. */
export const events =
  (on: '/Pod' | 'apps/ReplicaSet', reason: string, message: string, count = 1): Stage =>
  (evidence, now) => {
    const happened = seen(evidence, on).map(
      ({ kind, metadata }): ClusterEvent => ({
        apiVersion: 'v1',
        kind: 'Event',
        metadata: { name: `${metadata.name}.${reason}`, namespace: metadata.namespace ?? '' },
        reason,
        message,
        count,
        lastTimestamp: new Date(now).toISOString(),
        involvedObject: { kind, name: metadata.name, uid: metadata.uid ?? '' },
      }),
    );
    return { ...evidence, '/Event': [...seen(evidence, '/Event'), ...happened] };
  };

/** Pods that are refused: none is there, and the ReplicaSet says why. */
export const refused =
  (message: string, since: number): Stage =>
  (evidence, now) => {
    const lastTransitionTime = new Date(since).toISOString();
    const condition: Condition = { type: 'ReplicaFailure', status: 'True', reason: 'FailedCreate', message, lastTransitionTime }; // biome-ignore format: one condition
    const shown = changed(evidence, 'apps/ReplicaSet', (each) => ({
      ...each,
      status: { conditions: [condition] },
    }));
    return unready({ ...shown, '/Pod': [] }, now);
  };

/** Deployments as this makes them. */
export const deployments =
  (change: (deployment: Deployment) => Deployment): Stage =>
  (evidence) =>
    changed(evidence, 'apps/Deployment', change);

/** Pods that the scheduler finds no place for. */
export const unscheduled = (message: string): Stage =>
  pods({ conditions: [{ type: 'PodScheduled', status: 'False', reason: 'Unschedulable', message }] });
