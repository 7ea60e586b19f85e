import type { Clock } from '../../../local/clock.ts';

interface Timer {
  readonly dueAt: number;
  readonly action: () => void;
}

/**
 * A clock that stands still until it is told to move. `settle` lets promises run (everything that needs no real
 * input or output), `advance` and `runUntil` fire timers in order, settling before and after each.
 */
export class VirtualClock implements Clock {
  readonly #timers = new Set<Timer>();
  #now: number;

  constructor(start = '2026-01-01T00:00:00.000Z') {
    this.#now = Date.parse(start);
  }

  now(): number {
    return this.#now;
  }

  after(milliseconds: number, action: () => void): () => void {
    const timer = { dueAt: this.#now + Math.max(0, milliseconds), action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** How many timers are waiting. */
  get pending(): number {
    return this.#timers.size;
  }

  /** Lets everything run that is due now. */
  async settle(): Promise<void> {
    await idle();
    for (let timer = this.#next(this.#now); timer; timer = this.#next(this.#now)) await this.#fire(timer);
  }

  /** Moves time on, firing what falls due. */
  async advance(milliseconds: number): Promise<void> {
    const until = this.#now + milliseconds;
    await idle();
    for (let timer = this.#next(until); timer; timer = this.#next(until)) await this.#fire(timer);
    this.#now = until;
  }

  /** Moves from timer to timer until `done`; throws when nothing is left to wait for. */
  async runUntil(done: () => boolean): Promise<void> {
    await idle();
    while (!done()) {
      const timer = this.#next(Number.POSITIVE_INFINITY);
      if (!timer) throw new Error('virtual clock has no timer left and the condition does not hold');
      await this.#fire(timer);
    }
  }

  async #fire(timer: Timer): Promise<void> {
    this.#timers.delete(timer);
    this.#now = Math.max(this.#now, timer.dueAt);
    timer.action();
    await idle();
  }

  #next(until: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers)
      if (timer.dueAt <= until && (!next || timer.dueAt < next.dueAt)) next = timer;
    return next;
  }
}

// setImmediate runs once all promise callbacks have; twice, because real modules may load in between.
async function idle(): Promise<void> {
  await new Promise(setImmediate);
  await new Promise(setImmediate);
}
