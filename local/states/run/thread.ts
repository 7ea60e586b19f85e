import type { Json, JsonObject } from '../json.ts';
import { after } from '../long-timer.ts';
import { Aborted } from './failure.ts';
import type { RunServices } from './services.ts';
import { Variables } from './variables.ts';

/** The execution as its threads see it. */
export interface ThreadHost {
  readonly services: RunServices;
  /** The context object's `Execution` and `StateMachine`. */
  readonly context: JsonObject;
  /** Appends to the history and returns the event's id. */
  record(type: string, previousEventId: number, details?: Record<string, unknown>): number;
}

/** A Map's iteration, as its events name it. */
export interface Iteration {
  readonly name: string;
  readonly index: number;
}

interface ThreadPlace {
  readonly outer?: Variables;
  readonly mapItem?: Json | undefined;
  readonly iteration?: Iteration;
}

/** State types whose abort has an event of its own. */
const abortable = new Set(['Task', 'Wait', 'Parallel', 'Map']);

/**
 * One line of states: the machine's own, or a branch's. It chains the history's `previousEventId`, holds the
 * variables of its scope, and is the unit that is aborted: every event it records and every wait is a point where
 * an abort takes effect.
 */
export class Thread {
  readonly run: ThreadHost;
  readonly variables: Variables;
  /** `$states.context.Map.Item` inside a Map's iteration. */
  readonly mapItem: Json | undefined;
  lastEventId: number;
  /** The type of the state the thread is in. */
  stateType: string | undefined;
  readonly #iteration: Iteration | undefined;
  readonly #children = new Set<Thread>();
  readonly #aborts = new Set<() => void>();
  #aborted = false;

  constructor(run: ThreadHost, lastEventId: number, { outer, mapItem, iteration }: ThreadPlace = {}) {
    this.run = run;
    this.lastEventId = lastEventId;
    this.variables = new Variables(outer);
    this.mapItem = mapItem;
    this.#iteration = iteration;
  }

  /** Records an event and returns its id; throws `Aborted` once the thread is. */
  record(type: string, details?: Record<string, unknown>): number {
    if (this.#aborted) throw new Aborted();
    this.lastEventId = this.run.record(type, this.lastEventId, details);
    return this.lastEventId;
  }

  /** A thread below this one, which reads its variables and which its abort reaches. */
  fork(place: Omit<ThreadPlace, 'outer'> = { mapItem: this.mapItem }): Thread {
    const child = new Thread(this.run, this.lastEventId, { outer: this.variables, ...place });
    this.#children.add(child);
    return child;
  }

  /** Forgets a branch that has ended. */
  join(child: Thread): void {
    this.#children.delete(child);
  }

  /** Stops the thread and all below it, recording an abort event for each state they are in. */
  abort(): void {
    if (this.#aborted) return;
    for (const child of this.#children) child.abort();
    if (this.stateType && abortable.has(this.stateType)) this.record(`${this.stateType}StateAborted`);
    if (this.#iteration) this.record('MapIterationAborted', { ...this.#iteration });
    this.#aborted = true;
    for (const action of [...this.#aborts]) action();
    this.#aborts.clear();
  }

  /** Calls `action` when the thread is aborted; the returned function takes that back. */
  onAbort(action: () => void): () => void {
    if (this.#aborted) throw new Aborted();
    this.#aborts.add(action);
    return () => this.#aborts.delete(action);
  }

  /** `work`, or `Aborted` as soon as the thread is aborted; the work itself may go on unheard. */
  until<T>(work: Promise<T>): Promise<T> {
    // Also when the thread is aborted already, nobody else may be there to hear the work fail.
    work.catch(() => {});
    return new Promise<T>((resolve, reject) => {
      const forget = this.onAbort(() => reject(new Aborted()));
      work.then(resolve, reject).finally(forget);
    });
  }

  async sleep(milliseconds: number): Promise<void> {
    const { clock } = this.run.services;
    let cancel = () => {};
    const due = new Promise<void>((resolve) => {
      cancel = after(clock, milliseconds, resolve);
    });
    await this.until(due).finally(() => cancel());
  }
}
