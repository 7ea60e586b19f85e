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

const utcTime = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$/;

/** The moment that an ISO 8601 time in UTC names (`2026-01-31T09:00:00Z`); undefined when it names none. */
export function instantOf(text: string): Instant | undefined {
  const moment = utcTime.test(text) ? Date.parse(text) : Number.NaN;
  if (Number.isNaN(moment)) return undefined;
  // Dates that no month has (February 30) are taken for those of the next one.
  const isReal = new Date(moment).toISOString().slice(0, 19) === text.slice(0, 19);
  return isReal ? instant(moment) : undefined;
}
