import { createHash } from 'node:crypto';
import { ownersAfterUpdate, toManagedFields } from '../apply/managers.ts';
import { setDefaults } from '../defaults/defaults.ts';
import { addReadinessProbes } from '../images/behavior.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import { type Json, type KubeObject, kubeTime, sameJson } from '../object.ts';

const timeFields = new Set([
  'creationTimestamp',
  'deletionTimestamp',
  'lastTransitionTime',
  'lastUpdateTime',
  'lastProbeTime',
  'lastHeartbeatTime',
  'startTime',
  'startedAt',
  'finishedAt',
  'firstTimestamp',
  'lastTimestamp',
]);
const withMilliseconds = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** JSON as webernetes writes it, its times as Kubernetes writes them. */
export function readObject(text: string): Json {
  return JSON.parse(text, (key, value) => {
    if (typeof value !== 'string' || !withMilliseconds.test(value)) return value;
    if (timeFields.has(key)) return `${value.slice(0, 19)}Z`;
    return key === 'eventTime' ? value.replace('Z', '000Z') : value;
  });
}

/** What a controller or the kubelet wrote, as an API server would have stored it. */
export function normalize(
  kind: Kind,
  written: Json,
  before: KubeObject | undefined,
  now: string,
): KubeObject {
  const object: KubeObject = written;
  // The endpoint slice controller writes whole objects and forgets who they are.
  for (const field of ['creationTimestamp', 'uid', 'generateName']) {
    if (before?.metadata[field] !== undefined) object.metadata[field] ??= before.metadata[field];
  }
  for (const field of ['finalizers', 'annotations', 'ownerReferences']) {
    const value = object.metadata[field];
    if (value !== undefined && Object.keys(value).length === 0) delete object.metadata[field];
  }
  if (before === undefined && kind.kind === 'Pod') addReadinessProbes(object);
  countGrace(object, before);
  setDefaults(kind, object);
  fixes[kind.kind]?.(object);
  if (kind.counted) {
    const was = before?.metadata.generation ?? 0;
    const isSame = before !== undefined && sameJson(counted(object), counted(before));
    const isMarked =
      object.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
    object.metadata.generation = isSame && !isMarked ? Math.max(1, was) : was + 1;
  }
  return kind.kind === 'Event' || kind.kind === 'Node' ? object : withOwners(kind, object, before, now);
}

/** A deletion's time is when the grace will be over, not when it began. */
function countGrace(object: KubeObject, before: KubeObject | undefined): void {
  const { deletionTimestamp, deletionGracePeriodSeconds } = object.metadata;
  if (deletionTimestamp === undefined || before?.metadata.deletionTimestamp !== undefined) return;
  const end = Date.parse(deletionTimestamp) + (deletionGracePeriodSeconds ?? 0) * 1000;
  object.metadata.deletionTimestamp = kubeTime(end);
}

/** What makes a new generation; that a pod is given its node does not. */
function counted(object: KubeObject): Json {
  const { metadata: _, status: __, ...rest } = object;
  if (object.kind !== 'Pod') return rest;
  const { nodeName: ___, ...spec } = rest.spec;
  return { ...rest, spec };
}

/** Records the writer. Controllers write a status, and annotations along with it, through the status endpoint. */
function withOwners(kind: Kind, object: KubeObject, before: KubeObject | undefined, now: string): KubeObject {
  const isStatus =
    before !== undefined && kind.subresources.includes('status') && !sameJson(before.status, object.status);
  const writer = {
    manager: kind.kind === 'Pod' && isStatus ? 'kubelet' : 'kube-controller-manager',
    operation: 'Update',
    apiVersion: apiVersionOf(kind),
    ...(isStatus ? { subresource: 'status' } : {}),
  } as const;
  const owners = ownersAfterUpdate(before, object, kind.schema, writer, now);
  return { ...object, metadata: { ...object.metadata, managedFields: toManagedFields(owners) } };
}

const fixes: Readonly<Record<string, (object: KubeObject) => void>> = {
  Deployment: (object) => dropZeros(object.status, ['terminatingReplicas']),
  ReplicaSet: (object) => dropZeros(object.status, ['replicas', 'terminatingReplicas']),
  Pod: fixPodStatus,
  // kubectl takes the name of a port for granted, and real controllers write it even when it is empty.
  EndpointSlice: (object) => {
    for (const port of object.ports ?? []) port.name ??= '';
  },
};

/** Counters that are zero are not written by real controllers. */
function dropZeros(status: Json, kept: readonly string[]): void {
  for (const [field, value] of Object.entries(status ?? {})) {
    if (value === 0 && !kept.includes(field)) delete status[field];
  }
}

function fixPodStatus(pod: KubeObject): void {
  const status = pod.status ?? {};
  for (const field of ['initContainerStatuses', 'ephemeralContainerStatuses']) {
    if (status[field]?.length === 0) delete status[field];
  }
  for (const container of status.containerStatuses ?? []) {
    container.lastState ??= {};
    for (const { terminated } of [container.state ?? {}, container.lastState]) {
      if (terminated) terminated.reason ??= terminated.exitCode === 0 ? 'Completed' : 'Error';
    }
    if (container.imageID) container.imageID = imageId(container.image);
  }
}

/** The digest that an image is known by: its own, or for a tag one that is the same each time. */
export function imageId(image: string): string {
  if (image.includes('@')) return image;
  const repository = image.replace(/:[^:/]*$/, '');
  return `${repository}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}
