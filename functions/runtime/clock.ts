import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '#ports/clock.ts';

/** The machine's clock. */
export const systemClock: Clock = {
  now: () => Date.now() as ReturnType<Clock['now']>,
  sleep: (milliseconds) => sleep(milliseconds),
};
