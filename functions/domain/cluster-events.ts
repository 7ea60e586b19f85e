import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import { type Instant, instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import type { ClusterEvent, EventSubject } from '#domain/workload.ts';

/** Kubernetes' timestamps have whole seconds, and its clock is not ours: what is at most this much earlier counts. */
export const clockSlackMilliseconds = 2_000;

/** An event in one shape, whichever of the two APIs wrote it (KUBERNETES.md E17). */
export interface Occurrence {
  readonly reason: string;
  readonly message: string;
  readonly count: number;
  readonly firstSeen: Instant;
  readonly lastSeen: Instant;
  readonly subject: EventSubject;
}

/**
 * What happened to the object with `uid` since `since`, oldest first; events are hints, verdicts come from status (E17).
 */
export function occurrencesOf(
  evidence: RolloutEvidence,
  uid: string | undefined,
  since: Instant,
): readonly Occurrence[] {
  if (uid === undefined) return [];
  return (eventsByUid(evidence).get(uid) ?? [])
    .filter(({ lastSeen }) => lastSeen >= since - clockSlackMilliseconds)
    .toSorted((a, b) => a.lastSeen - b.lastSeen);
}

// One look judges many objects: the events are sorted by whom they are about once, not once for each.
const sorted = new WeakMap<RolloutEvidence, ReadonlyMap<string, readonly Occurrence[]>>();

function eventsByUid(evidence: RolloutEvidence): ReadonlyMap<string, readonly Occurrence[]> {
  const known = sorted.get(evidence);
  if (known !== undefined) return known;
  const byUid = Map.groupBy(seen(evidence, '/Event').map(occurrenceOf), ({ subject }) => subject.uid ?? '');
  sorted.set(evidence, byUid);
  return byUid;
}

function occurrenceOf(event: ClusterEvent): Occurrence {
  const firstSeen =
    momentOf(event.firstTimestamp) ?? momentOf(event.deprecatedFirstTimestamp) ?? momentOf(event.eventTime);
  const lastSeen =
    momentOf(event.series?.lastObservedTime) ??
    momentOf(event.lastTimestamp) ??
    momentOf(event.deprecatedLastTimestamp) ??
    momentOf(event.eventTime) ??
    firstSeen ??
    momentOf(event.metadata.creationTimestamp) ??
    instant(0);
  return {
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    count: event.series?.count ?? event.count ?? event.deprecatedCount ?? 1,
    firstSeen: firstSeen ?? lastSeen,
    lastSeen,
    subject: event.involvedObject ?? event.regarding ?? {},
  };
}

/** Times that occurrences of one reason whose message matches were seen. */
export function countOccurrences(
  occurrences: readonly Occurrence[],
  reason: string,
  message: RegExp,
): number {
  return occurrences
    .filter((occurrence) => occurrence.reason === reason && message.test(occurrence.message))
    .reduce((sum, { count }) => sum + count, 0);
}
