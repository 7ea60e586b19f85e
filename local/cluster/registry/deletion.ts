import { ApiError, modified, preconditionFailed } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import { type Json, type KubeObject, kubeTime } from '../object.ts';
import { keyFor } from './admission.ts';
import type { Place, Registry } from './registry.ts';

/** `DeleteOptions`, read from the body or the query. */
export interface DeleteOptions {
  readonly gracePeriodSeconds?: number;
  readonly propagationPolicy?: string;
  readonly preconditions?: { readonly uid?: string; readonly resourceVersion?: string };
  readonly isDryRun: boolean;
}

export type Deletion =
  | { readonly state: 'deleted'; readonly object: KubeObject }
  | { readonly state: 'terminating'; readonly object: KubeObject };

const finalizers: Readonly<Record<string, string>> = { Foreground: 'foregroundDeletion', Orphan: 'orphan' };

/**
 * Deletes an object, or marks it when finalizers, its pods' grace or its content have to go first.
 * @throws ApiError 404; 409 when a precondition does not hold
 */
export function remove(registry: Registry, place: Place, options: DeleteOptions): Deletion {
  const object = registry.get(place);
  requirePreconditions(place, object, options);
  const { kind } = place;
  const policy = options.propagationPolicy ?? 'Background';
  if (!['Background', 'Foreground', 'Orphan'].includes(policy)) throw unsupportedPolicy(policy);
  const kept = (object.metadata.finalizers ?? []).filter((it) => !Object.values(finalizers).includes(it));
  const finalizer = finalizers[policy];
  const waitsFor = finalizer === undefined ? kept : [...kept, finalizer];
  const grace = graceOf(kind, object, options);
  if (waitsFor.length === 0 && grace === 0 && kind.kind !== 'Namespace') {
    if (!options.isDryRun) registry.store.delete(keyFor(kind, place.namespace, place.name));
    return { state: 'deleted', object };
  }
  return { state: 'terminating', object: mark(registry, kind, object, waitsFor, grace, options.isDryRun) };
}

function mark(
  registry: Registry,
  kind: Kind,
  object: KubeObject,
  waitsFor: readonly string[],
  grace: number,
  isDryRun: boolean,
): KubeObject {
  const deletedAt = kubeTime(registry.clock.now() + grace * 1000);
  const { finalizers: _, ...metadata } = object.metadata;
  const isMarked = metadata.deletionTimestamp !== undefined;
  const isShortened = isMarked && grace < (metadata.deletionGracePeriodSeconds ?? 0);
  const marked: Json = {
    ...object,
    metadata: {
      ...metadata,
      ...(waitsFor.length > 0 ? { finalizers: waitsFor } : {}),
      deletionTimestamp: isMarked && !isShortened ? metadata.deletionTimestamp : deletedAt,
      deletionGracePeriodSeconds: isMarked && !isShortened ? metadata.deletionGracePeriodSeconds : grace,
    },
  };
  if (kind.counted && !isMarked) marked.metadata.generation = (metadata.generation ?? 0) + 1;
  if (kind.kind === 'Namespace') {
    delete marked.metadata.deletionGracePeriodSeconds;
    marked.status = { ...object.status, phase: 'Terminating' };
  }
  return registry.put(kind, marked, object, { isDryRun });
}

function graceOf(kind: Kind, object: KubeObject, options: DeleteOptions): number {
  if (kind.kind !== 'Pod' || !object.spec?.nodeName) return 0;
  if (['Succeeded', 'Failed'].includes(object.status?.phase)) return 0;
  return options.gracePeriodSeconds ?? object.spec.terminationGracePeriodSeconds ?? 30;
}

function requirePreconditions(
  { kind, name }: Place,
  object: KubeObject,
  { preconditions }: DeleteOptions,
): void {
  const { uid, resourceVersion } = object.metadata;
  if (preconditions?.uid !== undefined && preconditions.uid !== uid) {
    throw preconditionFailed(kind, name, 'UID', preconditions.uid, uid);
  }
  const version = preconditions?.resourceVersion;
  if (version === undefined || version === resourceVersion) return;
  throw version === ''
    ? modified(kind, name)
    : preconditionFailed(kind, name, 'ResourceVersion', version, resourceVersion);
}

function unsupportedPolicy(policy: string): ApiError {
  return new ApiError(
    422,
    'Invalid',
    `DeleteOptions.meta.k8s.io "" is invalid: propagationPolicy: Unsupported value: "${policy}": supported values: "Foreground", "Background", "Orphan", "nil"`,
    {
      group: 'meta.k8s.io',
      kind: 'DeleteOptions',
      causes: [
        {
          reason: 'FieldValueNotSupported',
          message: `Unsupported value: "${policy}": supported values: "Foreground", "Background", "Orphan", "nil"`,
          field: 'propagationPolicy',
        },
      ],
    },
  );
}
