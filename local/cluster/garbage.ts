import type { Kind } from './kinds.ts';
import type { LogBook } from './logs.ts';
import type { KubeObject } from './object.ts';
import { keyFor } from './registry/admission.ts';
import type { Registry } from './registry/registry.ts';
import type { Change } from './store.ts';

/** The runtime's own collectors look after these. */
const collectedByRuntime = new Set([
  'Pod',
  'ReplicaSet',
  'Deployment',
  'Service',
  'EndpointSlice',
  'Namespace',
  'Node',
]);
function ours(registry: Registry): Kind[] {
  return registry.catalog.stored.filter((kind) => !collectedByRuntime.has(kind.kind));
}

/** Services go with their namespace here: the runtime would free addresses that it did not give out. */
function emptiedHere(registry: Registry): Kind[] {
  return registry.catalog.stored.filter(
    (kind) => kind.namespaced && (!collectedByRuntime.has(kind.kind) || kind.kind === 'Service'),
  );
}

const deletionFinalizers = ['foregroundDeletion', 'orphan'];

/**
 * Collects what the runtime's collectors do not know: dependents of deleted owners, finalizers that only wait for
 * dependents, and the content of namespaces that are being deleted.
 */
export function collectGarbage(registry: Registry, logs: LogBook): () => void {
  return registry.store.subscribe((change) => queueMicrotask(() => collect(registry, logs, change)));
}

function collect(registry: Registry, logs: LogBook, change: Change): void {
  const object: KubeObject | undefined =
    change.stored.value?.metadata === undefined ? undefined : change.stored.value;
  if (object === undefined) return;
  if (change.type === 'delete') {
    if (object.kind === 'Pod') logs.forget(object.metadata.uid);
    removeDependents(registry, object.metadata.uid);
    return;
  }
  if (object.metadata.deletionTimestamp === undefined) return;
  if (object.kind === 'Namespace') emptyNamespace(registry, object.metadata.name);
  else releaseFinalizers(registry, object);
}

function removeDependents(registry: Registry, ownerUid: string): void {
  for (const kind of ours(registry)) {
    for (const object of registry.list(kind, undefined)) {
      const owners = object.metadata.ownerReferences ?? [];
      if (!owners.some((owner) => owner.uid === ownerUid)) continue;
      const rest = owners.filter((owner) => owner.uid !== ownerUid);
      const key = keyFor(kind, object.metadata.namespace, object.metadata.name);
      if (rest.length === 0) registry.store.delete(key);
      else registry.store.put(key, { ...object, metadata: { ...object.metadata, ownerReferences: rest } });
    }
  }
}

function emptyNamespace(registry: Registry, namespace: string): void {
  for (const kind of emptiedHere(registry)) {
    for (const object of registry.list(kind, namespace)) {
      registry.store.delete(keyFor(kind, namespace, object.metadata.name));
    }
  }
}

function releaseFinalizers(registry: Registry, object: KubeObject): void {
  const kind = ours(registry).find((it) => it.kind === object.kind);
  if (kind === undefined) return;
  const current = registry.find({ kind, namespace: object.metadata.namespace, name: object.metadata.name });
  const kept = (current?.metadata.finalizers ?? []).filter((it) => !deletionFinalizers.includes(it));
  if (current === undefined || kept.length === current.metadata.finalizers?.length) return;
  registry.put(kind, { ...current, metadata: { ...current.metadata, finalizers: kept } }, current, {
    isDryRun: false,
  });
}
