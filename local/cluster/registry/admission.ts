import { randomInt, randomUUID } from 'node:crypto';
import { builtIn } from '../built-in-kinds.ts';
import { defaultCustom } from '../custom/admit.ts';
import { setDefaults } from '../defaults/defaults.ts';
import { ApiError, forbidden, invalid, notFound } from '../errors.ts';
import { addReadinessProbes } from '../images/behavior.ts';
import type { Kind } from '../kinds.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import type { Store } from '../store.ts';
import { validate } from '../validation/validate.ts';
import { allocate } from './addresses.ts';

/** The key under which an object is stored. */
export function keyFor(kind: Kind, namespace: string | undefined, name: string): string {
  return kind.namespaced
    ? `/registry/${kind.storedAs}/${namespace}/${name}`
    : `/registry/${kind.storedAs}/${name}`;
}

const namespaces = builtIn('', 'namespaces');

/** Refuses new content where there is no namespace for it. */
export function requireNamespace(store: Store, kind: Kind, namespace: string, name: string): void {
  const stored = store.get(`/registry/namespaces/${namespace}`);
  if (stored === undefined) throw notFound(namespaces, namespace);
  if (stored.value.metadata.deletionTimestamp === undefined) return;
  throw forbidden(
    kind,
    name,
    `unable to create new content in namespace ${namespace} because it is being terminated`,
    [
      {
        reason: 'NamespaceTerminating',
        message: `namespace ${namespace} is being terminated`,
        field: 'metadata.namespace',
      },
    ],
  );
}

const letters = 'bcdfghjklmnpqrstvwxz2456789';

/** A name from its prefix, as the API server makes one. */
export function generateName(prefix: string): string {
  return prefix.slice(0, 58) + Array.from({ length: 5 }, () => letters[randomInt(letters.length)]).join('');
}

/** The metadata that the server gives a new object; what the client said of it does not count. */
export function identify(kind: Kind, object: Json, namespace: string | undefined, now: string): KubeObject {
  const { uid: _, resourceVersion: __, generation: ___, selfLink: ____, ...metadata } = object.metadata ?? {};
  delete metadata.deletionTimestamp;
  delete metadata.deletionGracePeriodSeconds;
  const name = metadata.name || (metadata.generateName ? generateName(metadata.generateName) : '');
  return {
    ...object,
    metadata: {
      ...metadata,
      name,
      ...(kind.namespaced ? { namespace } : {}),
      uid: randomUUID(),
      creationTimestamp: now,
    },
  };
}

/** Sets defaults, allocates, validates and counts the generation of an object that is about to be stored. */
export function admit(
  kind: Kind,
  object: KubeObject,
  before: KubeObject | undefined,
  store: Store,
): KubeObject {
  const admitted: KubeObject = structuredClone(object);
  if (before === undefined && kind.subresources.includes('status')) delete admitted.status;
  if (before === undefined && kind.kind === 'Pod') addReadinessProbes(admitted);
  setDefaults(kind, admitted);
  defaultCustom(kind, admitted);
  if (kind.kind === 'Service') allocate(admitted, before, store);
  const errors = validate(kind, admitted, before);
  if (errors.length > 0) throw invalid(kind, admitted.metadata.name, errors);
  countGeneration(kind, admitted, before);
  return admitted;
}

function countGeneration(kind: Kind, object: KubeObject, before: KubeObject | undefined): void {
  if (!kind.counted) return;
  const was = before?.metadata.generation ?? 0;
  const changed = before === undefined || !sameJson(counted(kind, object), counted(kind, before));
  object.metadata.generation = Math.max(1, changed ? was + 1 : was);
}

/** A status that is no subresource is content like any other. */
function counted(kind: Kind, object: KubeObject): Json {
  const { metadata: _, status, ...rest } = object;
  return kind.subresources.includes('status') ? rest : { ...rest, status };
}

/** Refuses a body whose identity is not the request's. */
export function requireIdentity(
  kind: Kind,
  object: Json,
  namespace: string | undefined,
  name: string | undefined,
): void {
  const metadata = object.metadata ?? {};
  if (kind.namespaced && metadata.namespace && metadata.namespace !== namespace) {
    throw new ApiError(
      400,
      'BadRequest',
      'the namespace of the provided object does not match the namespace sent on the request',
    );
  }
  if (name !== undefined && metadata.name && metadata.name !== name) {
    throw new ApiError(
      400,
      'BadRequest',
      `the name of the object (${metadata.name}) does not match the name on the URL (${name})`,
    );
  }
}
