/** A moment: milliseconds since the epoch, UTC. The one type for times in the domain. */
export type Instant = number & { readonly __instant: never };

/** Marks a number of milliseconds since the epoch as a moment. */
export function instant(milliseconds: number): Instant {
  return milliseconds as Instant;
}

/** The moment `seconds` later (or earlier, when negative). */
export function secondsAfter(start: Instant, seconds: number): Instant {
  return instant(start + seconds * 1000);
}

/** ISO 8601 with milliseconds, `Z`. */
export function isoTime(moment: Instant): string {
  return new Date(moment).toISOString();
}
