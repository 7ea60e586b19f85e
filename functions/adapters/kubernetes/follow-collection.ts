import { createInterface } from 'node:readline';
import type { LiveObject } from '#domain/live-object.ts';
import type { Clock } from '#ports/clock.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';
import type { ChangeSignal } from './change-signal.ts';
import type { ApiStream } from './connection.ts';

/** One kind's objects in one namespace, or in all of the cluster. */
export interface Collection {
  readonly apiVersion: string;
  readonly kind: string;
  readonly resource: string;
  /** Absent for kinds that have no namespace. */
  readonly namespace?: string;
  /** True where its absence or a refusal is no error. */
  readonly optional: boolean;
}

/** A collection that is followed. */
export interface Follower {
  readonly objects: ReadonlyMap<string, LiveObject>;
  /** Resolves when it is listed: `false` where it may not be read or does not exist, and it is optional. */
  readonly listed: Promise<boolean>;
  close(): void;
}

// A watch ends by itself soon after the longest call that uses it (KUBERNETES.md L2).
const watchSeconds = 60;
const pageSize = '500';

interface ObjectList {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly LiveObject[];
}

interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: LiveObject & { readonly code?: number; readonly message?: string };
}

/** Lists a collection, then watches it from there on until it is closed. */
export function followCollection(
  client: ApiClient,
  clock: Clock,
  { apiVersion, kind, resource, namespace, optional }: Collection,
  signal: ChangeSignal,
): Follower {
  const objects = new Map<string, LiveObject>();
  const path = collectionPath(apiVersion, resource, namespace);
  const subject = namespace === undefined ? resource : `${resource} in namespace '${namespace}'`;
  let stream: ApiStream | undefined;
  let closed = false;

  async function list(): Promise<string | undefined> {
    const found = new Map<string, LiveObject>();
    let version = '';
    let next: string | undefined;
    do {
      const query = { limit: pageSize, ...(next === undefined ? {} : { continue: next }) };
      const outcome = await client.call(
        { method: 'GET', path, query, subject },
        optional ? ['expired', 'forbidden', 'not-found', 'refused'] : ['expired'],
      );
      // The token of a list that took too long: from the start (CL4).
      if (outcome.kind === 'expired') return await list();
      if (outcome.kind !== 'success') return undefined;
      const page = JSON.parse(outcome.answer.body) as ObjectList;
      // Items of a list don't say what they are, unlike objects of a watch.
      for (const item of page.items) found.set(item.metadata.name, { ...item, apiVersion, kind });
      version = page.metadata.resourceVersion ?? '';
      next = page.metadata.continue || undefined;
    } while (next !== undefined);
    objects.clear();
    for (const [name, object] of found) objects.set(name, object);
    signal.changed();
    return version;
  }

  async function watchFrom(version: string): Promise<string> {
    const query = {
      watch: 'true',
      allowWatchBookmarks: 'true',
      timeoutSeconds: String(watchSeconds),
      resourceVersion: version,
    };
    const opened = await client.stream({ method: 'GET', path, query, subject });
    if (opened === 'expired') return '';
    stream = opened;
    if (closed) opened.close();
    return await readLines(opened, objects, signal, version);
  }

  async function run(first: string): Promise<void> {
    let version: string | undefined = first;
    while (!closed && version !== undefined) {
      const began = clock.now();
      // An empty version means that the server forgot where we were: list again (410, CL4).
      version = version === '' ? await list() : await watchFrom(version);
      if (!closed && clock.now() - began < 100) await clock.sleep(200);
    }
  }

  const listed = list().then((version) => {
    if (version === undefined) return false;
    run(version).catch((error: unknown) => {
      // What only explains may be read no more: the picture of it stands still.
      if (!closed && !optional) signal.fail(error);
    });
    return true;
  });
  return {
    objects,
    listed,
    close() {
      closed = true;
      stream?.close();
    },
  };
}

/** Reads a watch to its end; answers the version to go on from, empty when it must be listed again. */
async function readLines(
  { response }: ApiStream,
  objects: Map<string, LiveObject>,
  signal: ChangeSignal,
  from: string,
): Promise<string> {
  let version = from;
  try {
    for await (const line of createInterface({ input: response })) {
      const { type, object } = JSON.parse(line) as WatchLine;
      if (type === 'ERROR') return '';
      version = object.metadata.resourceVersion ?? version;
      if (type === 'BOOKMARK') continue;
      if (type === 'DELETED') objects.delete(object.metadata.name);
      else objects.set(object.metadata.name, object);
      signal.changed();
    }
  } catch {
    // A broken connection: what was heard stands, and the watch goes on from there.
  }
  return version;
}
