import type { RolloutEvidence } from '#domain/evidence.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ClusterEvent, ContainerStatus, Pod, PodSpec } from '#domain/workload.ts';

// What a cluster shows of workloads, made by hand for states that no recording holds.

export const namespace = 'shop';
export const appliedAt = instant(Date.UTC(2026, 10, 21, 9, 0, 0));

/** ISO time so many seconds after the apply. */
export const at = (seconds: number): string => new Date(appliedAt + seconds * 1000).toISOString();
export const after = (seconds: number): Instant => instant(appliedAt + seconds * 1000);

const podSpec: PodSpec = { containers: [{ name: 'main', image: 'shop/web:2' }] };

/** A Deployment of so many replicas, none of them ready. */
export function deployment(replicas = 2, spec: PodSpec = podSpec): LiveObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: {
      name: 'web',
      namespace,
      uid: 'uid-web',
      generation: 1,
      annotations: { 'deployment.kubernetes.io/revision': '1' },
    },
    spec: { replicas, template: { metadata: { labels: { app: 'web' } }, spec } },
    status: { observedGeneration: 1, replicas, updatedReplicas: replicas },
  };
}

export const replicaSet: LiveObject = {
  apiVersion: 'apps/v1',
  kind: 'ReplicaSet',
  metadata: {
    name: 'web-1',
    namespace,
    uid: 'uid-web-1',
    annotations: { 'deployment.kubernetes.io/revision': '1' },
    ownerReferences: [{ kind: 'Deployment', name: 'web', uid: 'uid-web', controller: true }],
  },
  spec: { replicas: 2 },
};

interface PodChange {
  readonly status?: Pod['status'];
  readonly spec?: Partial<PodSpec>;
  readonly metadata?: Partial<LiveObject['metadata']>;
  readonly ownedBy?: LiveObject;
}

/** One pod of the Deployment's only ReplicaSet, begun with the apply; containers as `containers` says. */
export function pod(
  name: string,
  containers: readonly Partial<ContainerStatus>[] = [],
  change: PodChange = {},
): Pod {
  const { kind, metadata } = change.ownedBy ?? replicaSet;
  return {
    apiVersion: 'v1',
    kind: 'Pod',
    metadata: {
      name,
      namespace,
      uid: `uid-${name}`,
      creationTimestamp: at(0),
      labels: { app: 'web' },
      ownerReferences: [{ kind, name: metadata.name, uid: metadata.uid ?? '', controller: true }],
      ...change.metadata,
    },
    spec: { ...podSpec, ...change.spec },
    status: {
      phase: 'Pending',
      startTime: at(0),
      containerStatuses: containers.map((status) => ({
        name: 'main',
        ready: false,
        restartCount: 0,
        ...status,
      })),
      ...change.status,
    },
  };
}

/** A container that waits for this reason. */
export const waits = (reason: string, message?: string): Partial<ContainerStatus> => ({
  state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
});

/** An event about an object, seen last so many seconds after the apply. */
export function event(
  about: LiveObject,
  reason: string,
  message: string,
  { count = 1, seconds = 1, fieldPath }: { count?: number; seconds?: number; fieldPath?: string } = {},
): ClusterEvent {
  return {
    apiVersion: 'v1',
    kind: 'Event',
    metadata: { name: `${about.metadata.name}.${reason}.${seconds}`, namespace },
    reason,
    message,
    count,
    firstTimestamp: at(Math.min(1, seconds)),
    lastTimestamp: at(seconds),
    involvedObject: {
      kind: about.kind,
      name: about.metadata.name,
      uid: about.metadata.uid ?? '',
      ...(fieldPath === undefined ? {} : { fieldPath }),
    },
  };
}

/** A Deployment, its ReplicaSet, these pods and events. */
export function shown(
  pods: readonly Pod[],
  events: readonly ClusterEvent[] = [],
  more: RolloutEvidence = {},
): RolloutEvidence {
  return {
    'apps/Deployment': [deployment(pods.length || 2)],
    'apps/ReplicaSet': [replicaSet],
    '/Pod': pods,
    '/Event': events,
    ...more,
  };
}

/** As the release declares it. */
export const declared = (object: LiveObject): KubernetesObject => {
  const { status: _, ...rest } = object;
  return rest;
};
