import { instant } from '#domain/instant.ts';
import type { Clock } from '#ports/clock.ts';

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => instant(Date.now()),
  sleep: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};
