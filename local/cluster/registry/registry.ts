import type { Clock } from '../../clock.ts';
import { applyConfiguration } from '../apply/apply.ts';
import { ownersAfterUpdate, toManagedFields, type Writer } from '../apply/managers.ts';
import { Catalog } from '../catalog.ts';
import { alreadyExists, badRequest, forbidden, modified, notFound } from '../errors.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import { type Json, type KubeObject, kubeTime, sameJson } from '../object.ts';
import type { Store } from '../store.ts';
import { toStorage, toVersion } from '../versions.ts';
import { admit, generateName, identify, keyFor, requireIdentity, requireNamespace } from './admission.ts';

/** Who writes and how; shared by every write. */
export interface WriteOptions {
  readonly manager: string;
  readonly isDryRun: boolean;
  readonly subresource?: 'status' | 'scale';
}

/** One object's place. */
export interface Place {
  readonly kind: Kind;
  readonly namespace: string | undefined;
  readonly name: string;
}

/** Reads and writes objects under Kubernetes' rules, over the store. Deletion is in deletion.ts. */
export class Registry {
  readonly store: Store;
  readonly clock: Clock;
  readonly catalog = new Catalog();

  constructor(store: Store, clock: Clock) {
    this.store = store;
    this.clock = clock;
  }

  get now(): string {
    return kubeTime(this.clock.now());
  }

  find({ kind, namespace, name }: Place): KubeObject | undefined {
    const stored = this.store.get(keyFor(kind, namespace, name))?.value;
    return stored === undefined ? undefined : toVersion(kind, stored);
  }

  get(place: Place): KubeObject {
    const object = this.find(place);
    if (object === undefined) throw notFound(place.kind, place.name);
    return object;
  }

  list(kind: Kind, namespace: string | undefined): KubeObject[] {
    return this.store
      .list(keyFor(kind, namespace, '').replace('/undefined/', '/'))
      .map((stored) => toVersion(kind, stored.value));
  }

  create(kind: Kind, namespace: string | undefined, body: Json, options: WriteOptions): KubeObject {
    requireIdentity(kind, body, namespace, undefined);
    if (body.metadata?.resourceVersion)
      throw badRequest('resourceVersion should not be set on objects to be created');
    let object = identify(kind, body, namespace, this.now);
    const { name } = object.metadata;
    if (kind.namespaced) requireNamespace(this.store, kind, namespace ?? '', name);
    while (this.find({ kind, namespace, name: object.metadata.name }) !== undefined) {
      if (body.metadata?.name) throw alreadyExists(kind, name);
      object = {
        ...object,
        metadata: { ...object.metadata, name: generateName(body.metadata.generateName) },
      };
    }
    const admitted = admit(kind, object, undefined, this.store);
    return this.put(kind, this.recordUpdate(kind, undefined, admitted, options), undefined, options);
  }

  /**
   * Replaces an object. `body.metadata.resourceVersion`, when set, must be the stored one.
   * @throws ApiError 404, 409 when it was changed meanwhile, 422
   */
  update(place: Place, body: Json, options: WriteOptions): KubeObject {
    requireIdentity(place.kind, body, place.namespace, place.name);
    const before = this.get(place);
    this.requireVersion(place, body, before);
    const after = this.carryOver(place.kind, body, before, options.subresource);
    const admitted = admit(place.kind, after, before, this.store);
    return this.put(place.kind, this.recordUpdate(place.kind, before, admitted, options), before, options);
  }

  /** Server-side apply; creates the object when there is none. */
  apply(
    place: Place,
    body: Json,
    options: WriteOptions & { readonly force: boolean },
  ): { readonly object: KubeObject; readonly isNew: boolean } {
    const { kind, namespace, name } = place;
    if (body.metadata?.managedFields?.length > 0) throw badRequest('metadata.managedFields must be nil');
    requireIdentity(kind, body, namespace, name);
    const before = this.find(place);
    if (before === undefined && options.subresource !== undefined) throw notFound(kind, name);
    if (before === undefined && body.metadata?.uid) {
      throw forbiddenUid(place, body.metadata.uid);
    }
    if (before !== undefined) this.requireVersion(place, body, before);
    const live = before ?? this.absent(place);
    const merged = applyConfiguration(live, body, { kind, now: this.now, ...options });
    if (before === undefined) {
      const object = identify(kind, merged, namespace, this.now);
      if (kind.namespaced) requireNamespace(this.store, kind, namespace ?? '', name);
      const admitted = admit(kind, object, undefined, this.store);
      return { object: this.put(kind, admitted, undefined, options), isNew: true };
    }
    const after = this.carryOver(kind, merged, before, options.subresource);
    const uid = body.metadata?.uid ?? before.metadata.uid;
    const admitted = admit(kind, { ...after, metadata: { ...after.metadata, uid } }, before, this.store);
    return { object: this.put(kind, admitted, before, options), isNew: false };
  }

  /** Stores what was admitted, unless nothing changed or it is a rehearsal; finishes a deletion that waited for this. */
  put(
    kind: Kind,
    object: KubeObject,
    before: KubeObject | undefined,
    options: { isDryRun: boolean },
  ): KubeObject {
    if (before !== undefined && sameJson(withoutTimes(object), withoutTimes(before))) return before;
    if (options.isDryRun) return object;
    const key = keyFor(kind, object.metadata.namespace, object.metadata.name);
    const { deletionTimestamp, finalizers, deletionGracePeriodSeconds } = object.metadata;
    const isFree = (finalizers ?? []).length === 0 && (object.spec?.finalizers ?? []).length === 0;
    const stored = this.store.put(key, toStorage(kind, object)).value;
    const isFinished = deletionTimestamp !== undefined && isFree && (deletionGracePeriodSeconds ?? 0) === 0;
    if (isFinished && kind.kind !== 'Namespace') this.store.delete(key);
    return toVersion(kind, stored);
  }

  private recordUpdate(
    kind: Kind,
    before: KubeObject | undefined,
    after: KubeObject,
    { manager, subresource }: WriteOptions,
  ): KubeObject {
    const writer: Writer = {
      manager,
      operation: 'Update',
      apiVersion: apiVersionOf(kind),
      ...(subresource === undefined ? {} : { subresource }),
    };
    const owners = ownersAfterUpdate(before, after, kind.schema, writer, this.now);
    const managedFields = toManagedFields(owners);
    return { ...after, metadata: { ...after.metadata, managedFields } };
  }

  private requireVersion(place: Place, body: Json, before: KubeObject): void {
    const wanted = body.metadata?.resourceVersion;
    if (wanted && wanted !== before.metadata.resourceVersion) throw modified(place.kind, place.name);
  }

  private absent({ kind, namespace, name }: Place): KubeObject {
    const metadata = {
      name,
      ...(kind.namespaced ? { namespace } : {}),
      uid: '',
      resourceVersion: '',
      creationTimestamp: '',
    };
    return { apiVersion: apiVersionOf(kind), kind: kind.kind, metadata } as KubeObject;
  }

  /** What the server keeps of an object whatever the client sends, and what the endpoint does not write. */
  private carryOver(kind: Kind, body: Json, before: KubeObject, subresource: string | undefined): KubeObject {
    const { metadata: kept } = before;
    const source = subresource === 'status' ? before : body;
    const given =
      subresource === 'status' ? { ...kept, managedFields: body.metadata?.managedFields } : body.metadata;
    const metadata = {
      ...given,
      name: kept.name,
      uid: body.metadata?.uid ?? kept.uid,
      resourceVersion: kept.resourceVersion,
      creationTimestamp: kept.creationTimestamp,
      managedFields: given?.managedFields ?? kept.managedFields,
    };
    for (const field of [
      'namespace',
      'generation',
      'deletionTimestamp',
      'deletionGracePeriodSeconds',
      'generateName',
    ]) {
      if (kept[field] === undefined) delete metadata[field];
      else metadata[field] = kept[field];
    }
    if (metadata.managedFields === undefined) delete metadata.managedFields;
    const hasStatus = kind.subresources.includes('status');
    const result = { ...source, apiVersion: before.apiVersion, kind: before.kind, metadata };
    if (subresource === 'status') result.status = body.status;
    else if (hasStatus) result.status = before.status;
    if (hasStatus && result.status === undefined) delete result.status;
    return result;
  }
}

function forbiddenUid(place: Place, uid: string): Error {
  return forbidden(
    place.kind,
    place.name,
    `uid ${JSON.stringify(uid)} was given but the object does not exist`,
  );
}

function withoutTimes(object: KubeObject): Json {
  const { managedFields, resourceVersion: _, ...metadata } = object.metadata;
  const entries = (managedFields ?? []).map(({ time: __, ...entry }) => entry);
  return { ...object, metadata: { ...metadata, managedFields: entries } };
}
