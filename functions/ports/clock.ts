import type { Instant } from '#domain/instant.ts';

/** Time for tasks. */
export interface Clock {
  now(): Instant;
  /** Resolves after `milliseconds`. */
  sleep(milliseconds: number): Promise<void>;
}
