import { createInterface } from 'node:readline';
import type { LiveObject } from '#domain/live-object.ts';
import type { RolloutEvidence } from '#domain/workload.ts';
import type { Clock } from '#ports/clock.ts';
import type { RolloutWatch } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { collectionPath } from './api-paths.ts';
import { type ChangeSignal, createChangeSignal } from './change-signal.ts';
import type { ApiStream } from './connection.ts';

interface WatchedResource {
  readonly field: keyof RolloutEvidence;
  readonly apiVersion: string;
  readonly resource: string;
  readonly kind: string;
}

const watchedResources: readonly WatchedResource[] = [
  { field: 'deployments', apiVersion: 'apps/v1', resource: 'deployments', kind: 'Deployment' },
  { field: 'replicaSets', apiVersion: 'apps/v1', resource: 'replicasets', kind: 'ReplicaSet' },
  { field: 'pods', apiVersion: 'v1', resource: 'pods', kind: 'Pod' },
  { field: 'events', apiVersion: 'v1', resource: 'events', kind: 'Event' },
  { field: 'services', apiVersion: 'v1', resource: 'services', kind: 'Service' },
  {
    field: 'endpointSlices',
    apiVersion: 'discovery.k8s.io/v1',
    resource: 'endpointslices',
    kind: 'EndpointSlice',
  },
];

// A watch ends by itself soon after the longest call that uses it (KUBERNETES.md L2).
const watchSeconds = 60;
const pageSize = '500';
// Bursts of events (a rollout's start) are looked at once.
const settleMilliseconds = 25;

interface ObjectList {
  readonly metadata: { readonly resourceVersion?: string; readonly continue?: string };
  readonly items: readonly LiveObject[];
}

interface WatchLine {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';
  readonly object: LiveObject & { readonly code?: number; readonly message?: string };
}

/** Lists what tells of rollouts in a namespace, then watches it from there on; complete when it resolves. */
export async function watchNamespace(
  client: ApiClient,
  clock: Clock,
  namespace: string,
): Promise<RolloutWatch> {
  const signal = createChangeSignal();
  const followers = watchedResources.map((resource) => follow(client, clock, namespace, resource, signal));
  const ready = await Promise.allSettled(followers.map(({ listed }) => listed));
  const refused = ready.find((result) => result.status === 'rejected');
  if (refused !== undefined) {
    for (const follower of followers) follower.close();
    throw refused.reason;
  }
  return {
    evidence: () =>
      Object.fromEntries(
        watchedResources.map(({ field }, index) => [field, [...(followers[index]?.objects.values() ?? [])]]),
      ) as unknown as RolloutEvidence,
    async next(milliseconds) {
      await signal.next(milliseconds);
      if (milliseconds > settleMilliseconds) await clock.sleep(settleMilliseconds);
    },
    close() {
      for (const follower of followers) follower.close();
      signal.close();
    },
  };
}

interface Follower {
  readonly objects: ReadonlyMap<string, LiveObject>;
  readonly listed: Promise<void>;
  close(): void;
}

function follow(
  client: ApiClient,
  clock: Clock,
  namespace: string,
  watched: WatchedResource,
  signal: ChangeSignal,
): Follower {
  const { apiVersion, resource, kind } = watched;
  const objects = new Map<string, LiveObject>();
  const path = collectionPath(apiVersion, resource, namespace);
  const subject = `${resource} in namespace '${namespace}'`;
  let stream: ApiStream | undefined;
  let closed = false;

  async function list(): Promise<string> {
    const found = new Map<string, LiveObject>();
    let version = '';
    let next: string | undefined;
    do {
      const query = { limit: pageSize, ...(next === undefined ? {} : { continue: next }) };
      const outcome = await client.call({ method: 'GET', path, query, subject });
      if (outcome.kind !== 'success') break;
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
    let version = first;
    while (!closed) {
      const began = clock.now();
      // An empty version means that the server forgot where we were: list again (410, CL4).
      version = version === '' ? await list() : await watchFrom(version);
      if (!closed && clock.now() - began < 100) await clock.sleep(200);
    }
  }

  const listed = list().then((version) => {
    run(version).catch((error: unknown) => {
      if (!closed) signal.fail(error);
    });
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
