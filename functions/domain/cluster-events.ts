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
  readonly lastSeen: Instant;
  readonly subject: EventSubject;
}

/** What happened to the object with `uid` since `since`; events are hints, verdicts come from status (E17). */
export function occurrencesOf(
  events: readonly ClusterEvent[],
  uid: string | undefined,
  since: Instant,
): readonly Occurrence[] {
  return events
    .filter((event) => uid !== undefined && (event.involvedObject ?? event.regarding)?.uid === uid)
    .map(occurrenceOf)
    .filter(({ lastSeen }) => lastSeen >= since - clockSlackMilliseconds);
}

function occurrenceOf(event: ClusterEvent): Occurrence {
  const lastSeen =
    momentOf(event.series?.lastObservedTime) ??
    momentOf(event.lastTimestamp) ??
    momentOf(event.eventTime) ??
    momentOf(event.firstTimestamp) ??
    momentOf(event.metadata.creationTimestamp) ??
    instant(0);
  return {
    reason: event.reason ?? '',
    message: event.message ?? event.note ?? '',
    count: event.series?.count ?? event.count ?? 1,
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
