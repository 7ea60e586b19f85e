import { createHash } from 'node:crypto';
import { ownersAfterUpdate, toManagedFields } from '../apply/managers.ts';
import { setDefaults } from '../defaults.ts';
import { addReadinessProbes } from '../images/behavior.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { schemaOf } from '../schema/schema.ts';

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
  for (const field of ['finalizers', 'annotations', 'ownerReferences']) {
    const value = object.metadata[field];
    if (value !== undefined && Object.keys(value).length === 0) delete object.metadata[field];
  }
  if (before === undefined && kind.kind === 'Pod') addReadinessProbes(object);
  setDefaults(kind.kind, object);
  statusFixes[kind.kind]?.(object);
  if (kind.counted) {
    const was = before?.metadata.generation ?? 0;
    const isSame = before !== undefined && sameJson(counted(object), counted(before));
    const isMarked =
      object.metadata.deletionTimestamp !== undefined && before?.metadata.deletionTimestamp === undefined;
    object.metadata.generation = isSame && !isMarked ? Math.max(1, was) : was + 1;
  }
  return kind.kind === 'Event' || kind.kind === 'Node' ? object : withOwners(kind, object, before, now);
}

function counted(object: KubeObject): Json {
  const { metadata: _, status: __, ...rest } = object;
  return rest;
}

/** Records the writer: the status apart from the rest, as real controllers write through two endpoints. */
function withOwners(kind: Kind, object: KubeObject, before: KubeObject | undefined, now: string): KubeObject {
  const manager = kind.kind === 'Pod' && before !== undefined ? 'kubelet' : 'kube-controller-manager';
  const writer = { manager, operation: 'Update', apiVersion: apiVersionOf(kind) } as const;
  const schema = schemaOf(kind.model);
  const hasStatus = kind.subresources.includes('status');
  const main = hasStatus ? withStatus(object, before?.status) : object;
  let owners = ownersAfterUpdate(before, main, schema, writer, now);
  if (hasStatus) {
    const managed = { ...object, metadata: { ...object.metadata, managedFields: toManagedFields(owners) } };
    owners = ownersAfterUpdate(main, managed, schema, { ...writer, subresource: 'status' }, now);
  }
  return { ...object, metadata: { ...object.metadata, managedFields: toManagedFields(owners) } };
}

function withStatus(object: KubeObject, status: Json): KubeObject {
  const { status: _, ...rest } = object;
  return (status === undefined ? rest : { ...rest, status }) as KubeObject;
}

const statusFixes: Readonly<Record<string, (object: KubeObject) => void>> = {
  Deployment: (object) => dropZeros(object.status, []),
  ReplicaSet: (object) => dropZeros(object.status, ['replicas']),
  Pod: fixPodStatus,
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
    if (container.imageID) container.imageID = imageId(container.image);
  }
}

/** The digest that an image is known by: its own, or for a tag one that is the same each time. */
export function imageId(image: string): string {
  if (image.includes('@')) return image;
  const repository = image.replace(/:[^:/]*$/, '');
  return `${repository}@sha256:${createHash('sha256').update(image).digest('hex')}`;
}
