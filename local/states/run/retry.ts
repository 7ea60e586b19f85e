import type { Retrier } from '../definition/asl.ts';
import type { Random } from '../query/functions.ts';
import { matches } from './matching.ts';

/** Milliseconds before the `attempt`-th retry (from 1) by one retrier. */
export function delayMilliseconds(retrier: Retrier, attempt: number, random: Random): number {
  const { IntervalSeconds = 1, BackoffRate = 2, MaxDelaySeconds = Number.POSITIVE_INFINITY } = retrier;
  const seconds = Math.min(IntervalSeconds * BackoffRate ** (attempt - 1), MaxDelaySeconds);
  return 1000 * (retrier.JitterStrategy === 'FULL' ? seconds * random() : seconds);
}

/** Counts the retries of one visit of a state, per retrier. */
export class Retries {
  readonly #retriers: readonly Retrier[];
  readonly #random: Random;
  readonly #attempts = new Map<Retrier, number>();

  constructor(retriers: readonly Retrier[], random: Random) {
    this.#retriers = retriers;
    this.#random = random;
  }

  /** Milliseconds to wait before trying again, or undefined when the error is not to be retried (any more). */
  next(error: string | undefined): number | undefined {
    // The first retrier that matches decides, even when its attempts are used up.
    const retrier = this.#retriers.find((candidate) => matches(candidate.ErrorEquals, error));
    if (!retrier) return undefined;
    const attempt = (this.#attempts.get(retrier) ?? 0) + 1;
    if (attempt > (retrier.MaxAttempts ?? 3)) return undefined;
    this.#attempts.set(retrier, attempt);
    return delayMilliseconds(retrier, attempt, this.#random);
  }
}
