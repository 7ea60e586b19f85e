import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import { findKindRule, groupOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { WatchedKind, WatchScope } from '#domain/watch-scope.ts';
import type { Clock } from '#ports/clock.ts';
import type { RolloutWatch } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { createChangeSignal } from './change-signal.ts';
import type { Discovery } from './discovery.ts';
import { type Collection, type Follower, followCollection } from './follow-collection.ts';

// Bursts of events (a rollout's start) are looked at once.
const settleMilliseconds = 25;

interface Followed {
  readonly key: string;
  readonly follower: Follower;
}

interface Watcher {
  readonly client: ApiClient;
  readonly discovery: Discovery;
}

/** Lists what a scope names, then watches it from there on; complete when it resolves. */
export async function watchCluster(
  { client, discovery }: Watcher,
  clock: Clock,
  scope: WatchScope,
): Promise<RolloutWatch> {
  const signal = createChangeSignal();
  const collections = await Promise.all(scope.kinds.map((kind) => collectionsOf(discovery, kind, scope)));
  const followed = collections.flat().map(
    (collection): Followed => ({
      key: evidenceKey(collection),
      follower: followCollection(client, clock, collection, signal),
    }),
  );
  const closeAll = () => {
    for (const { follower } of followed) follower.close();
  };
  const ready = await Promise.allSettled(followed.map(({ follower }) => follower.listed));
  const refused = ready.find((result) => result.status === 'rejected');
  if (refused !== undefined) {
    closeAll();
    throw refused.reason;
  }
  const seen = followed.filter((_, index) => (ready[index] as PromiseFulfilledResult<boolean>).value);
  // Of these an object that isn't seen isn't there, even where the cluster knows the kind no more.
  const needed = scope.kinds.filter(({ optional }) => !optional).map(evidenceKey);
  return {
    evidence: () => evidenceOf(needed, seen),
    async next(milliseconds) {
      await signal.next(milliseconds);
      if (milliseconds > settleMilliseconds) await clock.sleep(settleMilliseconds);
    },
    close() {
      closeAll();
      signal.close();
    },
  };
}

async function collectionsOf(
  discovery: Discovery,
  watched: WatchedKind,
  { namespaces }: WatchScope,
): Promise<readonly Collection[]> {
  const { apiVersion, kind, namespaced, optional } = watched;
  const rule = findKindRule({ group: groupOf(apiVersion), kind });
  const { resource } = rule ?? (await discovery.resourceOf(apiVersion, kind)) ?? {};
  if (resource === undefined) return [];
  const collection = { apiVersion, kind, resource, optional };
  return namespaced ? namespaces.map((namespace) => ({ ...collection, namespace })) : [collection];
}

function evidenceOf(needed: readonly string[], followed: readonly Followed[]): RolloutEvidence {
  const evidence: Record<string, LiveObject[]> = Object.fromEntries(needed.map((key) => [key, []]));
  for (const { key, follower } of followed) {
    evidence[key] ??= [];
    evidence[key].push(...follower.objects.values());
  }
  return evidence;
}
