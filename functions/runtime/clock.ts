import { setTimeout as sleep } from 'node:timers/promises';
import type { Instant } from '#domain/instant.ts';
import type { Clock } from '#ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() as Instant,
  sleep: (milliseconds) => sleep(milliseconds),
};
