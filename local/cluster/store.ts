import type { Json } from './object.ts';

/** A value and the revisions that made it. */
export interface Stored {
  readonly key: string;
  readonly value: Json;
  readonly createRevision: number;
  readonly revision: number;
  readonly version: number;
}

export interface Change {
  readonly revision: number;
  readonly type: 'put' | 'delete';
  readonly key: string;
  /** The value put, or the last value of what was deleted. */
  readonly stored: Stored;
  readonly previous: Stored | undefined;
}

const keptChanges = 20_000;

/** `/registry/pods/`, `/registry/ex.io/widgets/`: what all keys of one sort of object begin with. */
function sortOf(key: string): string | undefined {
  return /^\/registry\/(?:[^/.]+|[^/]+\/[^/]+)\//.exec(key)?.[0];
}

/**
 * The cluster's only store: values by key under one monotonic revision, with the history that watches resume from.
 * Values are never changed in place: who writes, writes a new value. All calls are synchronous, so a read and the
 * write that depends on it cannot be interleaved.
 */
export class Store {
  revision = 1;
  /** Changes up to and with this revision are forgotten. */
  forgottenRevision = 0;
  private readonly values = new Map<string, Stored>();
  /** The same values by sort, so that listing one sort does not look at all the others. */
  private readonly sorts = new Map<string, Map<string, Stored>>();
  private readonly changes: Change[] = [];
  private readonly listeners = new Set<(change: Change) => void>();

  get(key: string): Stored | undefined {
    return this.values.get(key);
  }

  /** Values whose key begins with `prefix`, in the order of keys. */
  list(prefix: string): Stored[] {
    const found: Stored[] = [];
    const sort = sortOf(prefix);
    const candidates = sort === undefined ? this.values : this.sorts.get(sort);
    for (const stored of candidates?.values() ?? []) if (stored.key.startsWith(prefix)) found.push(stored);
    return found.sort((left, right) => (left.key < right.key ? -1 : 1));
  }

  put(key: string, value: Json): Stored {
    const previous = this.values.get(key);
    const revision = ++this.revision;
    const stored: Stored = {
      key,
      value: withRevision(value, revision),
      createRevision: previous?.createRevision ?? revision,
      revision,
      version: (previous?.version ?? 0) + 1,
    };
    this.values.set(key, stored);
    this.bucket(key).set(key, stored);
    this.publish({ revision, type: 'put', key, stored, previous });
    return stored;
  }

  delete(key: string): Stored | undefined {
    const previous = this.values.get(key);
    if (previous === undefined) return undefined;
    const revision = ++this.revision;
    this.values.delete(key);
    this.bucket(key).delete(key);
    const stored = { ...previous, value: withRevision(previous.value, revision), revision };
    this.publish({ revision, type: 'delete', key, stored, previous });
    return previous;
  }

  /** Changes after `revision`, or undefined when some of them are forgotten. */
  since(revision: number): Change[] | undefined {
    if (revision < this.forgottenRevision) return undefined;
    return this.changes.filter((change) => change.revision > revision);
  }

  /** Calls `listener` with each change, in order; the returned function stops that. */
  subscribe(listener: (change: Change) => void): () => void {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  }

  private bucket(key: string): Map<string, Stored> {
    const sort = sortOf(key) ?? '';
    let bucket = this.sorts.get(sort);
    if (bucket === undefined) {
      bucket = new Map();
      this.sorts.set(sort, bucket);
    }
    return bucket;
  }

  private publish(change: Change): void {
    this.changes.push(change);
    if (this.changes.length > keptChanges) {
      const dropped = this.changes.splice(0, keptChanges / 2);
      this.forgottenRevision = dropped.at(-1)?.revision ?? this.forgottenRevision;
    }
    for (const listener of [...this.listeners]) listener(change);
  }
}

function withRevision(value: Json, revision: number): Json {
  if (typeof value !== 'object' || value === null || value.metadata === undefined) return value;
  return { ...value, metadata: { ...value.metadata, resourceVersion: String(revision) } };
}
