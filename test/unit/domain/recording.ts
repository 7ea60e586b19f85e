import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import { type Instant, instant } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { decideRollout, type RolloutDecision, type RolloutPolicy } from '#domain/rollout.ts';

interface WatchEvent {
  readonly t: number;
  readonly resource: string;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubernetesObject;
}

/** One scenario as it was watched on a real cluster. */
export interface Recording {
  readonly manifest: readonly KubernetesObject[];
  readonly applied: readonly { readonly t: number; readonly ref: string; readonly code: number }[];
  readonly events: readonly WatchEvent[];
}

/** What a recording's own index expects of it. */
export interface IndexEntry {
  readonly file: string;
  readonly scenario: string;
  readonly expected: { readonly verdict: string; readonly rootCause: string; readonly rule: string };
}

const shared = process.env.TIDEGATE_SHARED ?? join(import.meta.dirname, '../../../../shared');

/** The folder of recordings; undefined where the shared data is not beside the checkout. */
export const recordingsFolder = [join(shared, 'k8s-data/recordings')].find((folder) => existsSync(folder));

export function readRecording<Content>(file: string): Content {
  return JSON.parse(readFileSync(join(recordingsFolder ?? '', file), 'utf8'));
}

export interface Replay {
  readonly decision: RolloutDecision;
  /** Milliseconds from the (last) apply to the decision. */
  readonly afterMilliseconds: number;
}

const tickMilliseconds = 250;

/**
 * Plays a recording with a virtual clock, looking again at every watch event and four times a second, until a decision is
 * made or the deadline passes. Judged from the last apply on, as a rollout is.
 */
export function replay(recording: Recording, policy: RolloutPolicy): Replay {
  const start = startOf(recording);
  const appliedMilliseconds = recording.applied.findLast(({ ref }) => ref.startsWith('Deployment'))?.t ?? 0;
  const appliedAt = instant(start + appliedMilliseconds);
  const world = new Map<string, WatchEvent>();
  const events = [...recording.events];
  const last = appliedMilliseconds + policy.deadlineSeconds * 1000 + tickMilliseconds;
  let stableAt: Instant | undefined;
  for (let t = 0; t <= last; t += tickMilliseconds) {
    while ((events[0]?.t ?? Number.POSITIVE_INFINITY) <= t) remember(world, events.shift());
    if (t < appliedMilliseconds + tickMilliseconds) continue;
    const context = { now: instant(start + t), appliedAt, objects: recording.manifest };
    const decision = decideRollout(evidenceOf(world), context, policy, stableAt);
    if (decision.kind !== 'waiting') return { decision, afterMilliseconds: t - appliedMilliseconds };
    stableAt = decision.stableAt;
  }
  throw new Error('the replay ended without a decision');
}

// The server's clock: the first object's creation, which has whole seconds, less when it was seen.
function startOf({ events }: Recording): number {
  const first = events.find(({ object }) => object.metadata.creationTimestamp !== undefined);
  return Date.parse(String(first?.object.metadata.creationTimestamp)) - (first?.t ?? 0);
}

function remember(world: Map<string, WatchEvent>, event: WatchEvent | undefined): void {
  if (event === undefined) return;
  const key = `${event.resource}/${event.object.metadata.name}`;
  if (event.type === 'DELETED') world.delete(key);
  else world.set(key, event);
}

function evidenceOf(world: ReadonlyMap<string, WatchEvent>): RolloutEvidence {
  const objects = [...world.values()].map(({ object }) => object as LiveObject);
  return Object.fromEntries(Map.groupBy(objects, evidenceKey));
}
