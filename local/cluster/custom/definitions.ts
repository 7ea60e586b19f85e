import { builtIn } from '../built-in-kinds.ts';
import type { Json, KubeObject } from '../object.ts';
import { keyFor } from '../registry/admission.ts';
import { remove } from '../registry/deletion.ts';
import type { Registry } from '../registry/registry.ts';
import type { Change } from '../store.ts';
import { kindsOf } from './definition.ts';
import { acceptNames } from './names.ts';

const definitions = builtIn('apiextensions.k8s.io', 'customresourcedefinitions');
const prefix = '/registry/customresourcedefinitions/';
const cleanup = 'customresourcecleanup.apiextensions.k8s.io';

/**
 * Serves what custom resource definitions define: accepts their names, establishes them, changes what is served when they
 * change, and deletes their resources before they go themselves.
 */
export function serveDefinitions(registry: Registry): () => void {
  return registry.store.subscribe((change) => {
    if (change.key.startsWith(prefix)) queueMicrotask(() => serve(registry, change));
    else if (change.type === 'delete') queueMicrotask(() => finishDeletions(registry, change));
  });
}

function serve(registry: Registry, change: Change): void {
  const { name } = change.stored.value.metadata;
  if (change.type === 'delete') {
    registry.catalog.setCustom(name, []);
    return;
  }
  const definition = registry.find({ kind: definitions, namespace: undefined, name });
  if (definition === undefined) return;
  if (definition.metadata.deletionTimestamp !== undefined) empty(registry, definition);
  else update(registry, definition);
}

function update(registry: Registry, definition: KubeObject): void {
  const others = registry
    .list(definitions, undefined)
    .filter((it) => it.metadata.uid !== definition.metadata.uid);
  const status = withStorage(acceptNames(definition, others, registry.now), definition);
  if (isEstablished(status))
    registry.catalog.setCustom(definition.metadata.name, kindsOf({ ...definition, status }));
  const finalizers = definition.metadata.finalizers ?? [];
  const metadata = {
    ...definition.metadata,
    finalizers: finalizers.includes(cleanup) ? finalizers : [...finalizers, cleanup],
  };
  registry.put(definitions, { ...definition, metadata, status }, definition, { isDryRun: false });
}

function isEstablished(status: Json): boolean {
  return status.conditions.some((it: Json) => it.type === 'Established' && it.status === 'True');
}

function withStorage(status: Json, { spec }: KubeObject): Json {
  const storage = spec.versions.find((it: Json) => it.storage === true)?.name;
  const stored: string[] = status.storedVersions ?? [];
  return { ...status, storedVersions: stored.includes(storage) ? stored : [...stored, storage] };
}

/** Deletes the resources of a definition that is being deleted; without any left it may go. */
function empty(registry: Registry, definition: KubeObject): void {
  if (!(definition.metadata.finalizers ?? []).includes(cleanup)) return;
  const [kind] = registry.catalog.customKinds(definition.metadata.name);
  const objects = kind === undefined ? [] : registry.list(kind, undefined);
  for (const { metadata } of objects) {
    if (kind === undefined || metadata.deletionTimestamp !== undefined) continue;
    remove(registry, { kind, namespace: metadata.namespace, name: metadata.name }, { isDryRun: false });
  }
  if (kind !== undefined && registry.list(kind, undefined).length > 0) return;
  release(registry, definition.metadata.name);
}

function release(registry: Registry, name: string): void {
  const current = registry.store.get(keyFor(definitions, undefined, name))?.value;
  if (current === undefined) return;
  const finalizers = (current.metadata.finalizers ?? []).filter((it: string) => it !== cleanup);
  const { finalizers: _, ...rest } = current.metadata;
  const metadata = finalizers.length > 0 ? { ...rest, finalizers } : rest;
  registry.put(definitions, { ...current, metadata }, current, { isDryRun: false });
}

function finishDeletions(registry: Registry, change: Change): void {
  const [, , group, plural] = change.key.split('/');
  const definition = registry.find({ kind: definitions, namespace: undefined, name: `${plural}.${group}` });
  if (definition?.metadata.deletionTimestamp !== undefined) empty(registry, definition);
}
