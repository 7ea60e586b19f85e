import { builtInKinds } from '../built-in-kinds.ts';
import type { Kind } from '../kinds.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import type { Registry } from '../registry/registry.ts';
import type { Change, Stored } from '../store.ts';
import { findSameEvent, repeated } from './events.ts';
import type {
  Compare,
  EtcdState,
  Header,
  KeyValue,
  Operation,
  RangeOptions,
  Transaction,
  Watcher,
  WatchRecord,
} from './types.ts';
import { normalize, readObject } from './writes.ts';

const kindsByStore = new Map<string, Kind>();
for (const kind of builtInKinds) if (!kindsByStore.has(kind.storedAs)) kindsByStore.set(kind.storedAs, kind);

/**
 * The door between webernetes and the store: it has the shape of webernetes' own etcd and keeps objects in our store.
 * The library's address allocations and locks stay with the etcd that it made.
 */
export class StoreState implements EtcdState {
  private readonly registry: Registry;
  private readonly own: EtcdState;
  private readonly encoded = new WeakMap<Stored, Buffer>();
  private readonly stops = new Map<Watcher, () => void>();

  constructor(registry: Registry, own: EtcdState) {
    this.registry = registry;
    this.own = own;
  }

  range(namespace: string, options: RangeOptions): Json {
    if (isOwn(options.key)) return this.own.range(namespace, options);
    const found = this.find(options.key, options.rangeEnd);
    const kvs = found.map((stored) => this.keyValue(stored));
    return { header: this.header(), kvs, count: String(kvs.length), more: false };
  }

  put(namespace: string, options: { key: string; value?: Buffer }): Json {
    if (isOwn(options.key)) return this.own.put(namespace, options);
    return { header: this.header(this.write(options.key, options.value).revision) };
  }

  delete(namespace: string, options: { key: string; rangeEnd: string }): Json {
    if (isOwn(options.key)) return this.own.delete(namespace, options);
    const found = this.find(options.key, options.rangeEnd);
    for (const { key } of found) this.registry.store.delete(key);
    return { header: this.header(), deleted: String(found.length), prev_kvs: [] };
  }

  txn(request: Transaction): Json {
    const first = request.compare?.[0]?.key?.toString() ?? '';
    if (isOwn(first)) return this.own.txn(request);
    const succeeded = (request.compare ?? []).every((compare) => this.holds(compare));
    const operations = (succeeded ? request.success : request.failure) ?? [];
    let revision = this.registry.store.revision;
    const responses = operations.map((operation) => {
      const response = this.operate(operation);
      revision = Number(Object.values<Json>(response)[0].header.revision);
      return response;
    });
    return { header: this.header(revision), succeeded, responses };
  }

  watch(namespace: string, options: { key: string; rangeEnd: string; startRevision?: number }): Watcher {
    if (isOwn(options.key)) return this.own.watch(namespace, options);
    const { startRevision, ...rest } = options;
    // Its own state makes the watcher and will never publish to it; what it sees comes from our store.
    const watcher = this.own.watch(namespace, rest);
    let isLive = startRevision === undefined;
    const stop = this.registry.store.subscribe((change) => {
      if (isLive) watcher.handleMany([this.record(change)]);
    });
    this.stops.set(watcher, stop);
    watcher.on('end', () => this.detachWatcher(watcher));
    if (startRevision !== undefined) {
      // The watcher connects in a microtask that was queued just before.
      setImmediate(() => {
        isLive = true;
        const missed = this.registry.store.since(startRevision - 1) ?? [];
        watcher.handleMany(missed.map((change) => this.record(change)));
      });
    }
    return watcher;
  }

  cancelWatcher(watcher: Watcher): Promise<void> {
    this.detachWatcher(watcher);
    return this.own.cancelWatcher(watcher);
  }

  detachWatcher(watcher: Watcher): void {
    this.stops.get(watcher)?.();
    this.stops.delete(watcher);
    this.own.detachWatcher(watcher);
  }

  header(revision = this.registry.store.revision): Header {
    return { cluster_id: '0', member_id: '0', revision: String(revision), raft_term: '0' };
  }

  close(): void {
    for (const stop of this.stops.values()) stop();
    this.own.close();
  }

  acquireLock(namespace: string, key: string, seconds: number): Promise<unknown> {
    return this.own.acquireLock(namespace, key, seconds);
  }

  revokeLease(id: string): void {
    this.own.revokeLease(id);
  }

  releaseLeasePassively(id: string): void {
    this.own.releaseLeasePassively(id);
  }

  refreshLease(id: string, milliseconds: number): void {
    this.own.refreshLease(id, milliseconds);
  }

  compact(revision: number): void {
    this.own.compact(revision);
  }

  private operate(operation: Operation): Json {
    const { request_range, request_put, request_delete_range } = operation;
    if (request_put !== undefined) return { response_put: this.put('', request_put) };
    if (request_delete_range !== undefined)
      return { response_delete_range: this.delete('', request_delete_range) };
    return { response_range: this.range('', request_range as RangeOptions) };
  }

  private find(key: string, rangeEnd: string): Stored[] {
    if (rangeEnd === '') {
      const stored = this.registry.store.get(key);
      return stored === undefined ? [] : [stored];
    }
    return this.registry.store.list(key);
  }

  /** Stores what webernetes wrote; a write that changes nothing keeps its revision, as with a real API server. */
  private write(key: string, value: Buffer | undefined): Stored {
    const { store } = this.registry;
    const text = value?.toString() ?? '';
    const kind = kindsByStore.get(storePart(key));
    if (kind === undefined) return store.put(key, text);
    const before = store.get(key);
    const written = readObject(text);
    if (kind.kind === 'Event' && before === undefined) {
      const same = findSameEvent(store, written);
      if (same !== undefined) return store.put(same.key, repeated(same.value, written));
    }
    const object = normalize(kind, written, before?.value, this.registry.now);
    if (before !== undefined && isSame(object, before.value)) return before;
    return store.put(key, object);
  }

  private holds(compare: Compare): boolean {
    const stored = this.registry.store.get(compare.key?.toString() ?? '');
    const [found, wanted] =
      compare.target === 'Mod'
        ? [stored?.revision ?? 0, Number(compare.mod_revision ?? 0)]
        : compare.target === 'Create'
          ? [stored?.createRevision ?? 0, Number(compare.create_revision ?? 0)]
          : [stored?.version ?? 0, Number(compare.version ?? 0)];
    return compare.result === 'NotEqual' ? found !== wanted : found === wanted;
  }

  private keyValue(stored: Stored): KeyValue {
    let value = this.encoded.get(stored);
    if (value === undefined) {
      value = Buffer.from(typeof stored.value === 'string' ? stored.value : JSON.stringify(stored.value));
      this.encoded.set(stored, value);
    }
    return {
      key: Buffer.from(stored.key),
      value,
      create_revision: String(stored.createRevision),
      mod_revision: String(stored.revision),
      version: String(stored.version),
      lease: '0',
    };
  }

  private record(change: Change): WatchRecord {
    return {
      revision: change.revision,
      event: {
        type: change.type === 'put' ? 'Put' : 'Delete',
        kv: this.keyValue(change.stored),
        prev_kv: change.previous === undefined ? null : this.keyValue(change.previous),
      },
    };
  }
}

function isOwn(key: string): boolean {
  return key.startsWith('/registry/ranges/');
}

/** `pods` of `/registry/pods/default/x`, `discovery.k8s.io/endpointslices` of its like. */
function storePart(key: string): string {
  const [, , first = '', second = ''] = key.split('/');
  return first.includes('.') ? `${first}/${second}` : first;
}

function isSame(left: KubeObject, right: KubeObject): boolean {
  const { managedFields: _, resourceVersion: __, ...leftMetadata } = left.metadata;
  const { managedFields: ___, resourceVersion: ____, ...rightMetadata } = right.metadata;
  return sameJson({ ...left, metadata: leftMetadata }, { ...right, metadata: rightMetadata });
}
