import type { Definition } from '../definition/asl.ts';
import { History } from '../history.ts';
import type { Json, JsonObject } from '../json.ts';
import { limits } from '../limits.ts';
import { after } from '../long-timer.ts';
import { Aborted, StateFailure } from './failure.ts';
import type { RunServices } from './services.ts';
import { Thread, type ThreadHost } from './thread.ts';
import { walk } from './walk.ts';

/** How a run ended. */
export type Ending =
  | { readonly status: 'SUCCEEDED'; readonly output: string }
  | { readonly status: 'FAILED'; readonly error: string | undefined; readonly cause: string | undefined }
  | { readonly status: 'ABORTED'; readonly error: string | undefined; readonly cause: string | undefined }
  | { readonly status: 'TIMED_OUT' };

export interface RunOptions {
  readonly definition: Definition;
  readonly input: Json;
  readonly services: RunServices;
  /** The context object's `Execution` and `StateMachine`. */
  readonly context: JsonObject;
  /** Details of the ExecutionStarted event. */
  readonly started: Record<string, unknown>;
  readonly onEnd: (ending: Ending) => void;
}

/** One execution from its first event to its last. */
export class Run implements ThreadHost {
  readonly services: RunServices;
  readonly context: JsonObject;
  readonly history = new History();
  readonly #options: RunOptions;
  readonly #thread: Thread;
  #cancelTimeout = () => {};
  #ended = false;

  constructor(options: RunOptions) {
    this.#options = options;
    this.services = options.services;
    this.context = options.context;
    this.record('ExecutionStarted', 0, options.started);
    // The first state's event has no predecessor in AWS's histories either.
    this.#thread = new Thread(this, 0);
  }

  /** Begins to walk the states; never rejects. */
  async start(): Promise<void> {
    const { definition, input, services } = this.#options;
    const seconds = Math.min(definition.TimeoutSeconds ?? limits.executionSeconds, limits.executionSeconds);
    this.#cancelTimeout = after(services.clock, seconds * 1000, () => this.#timeOut());
    try {
      // StartExecution answers before the first state is entered.
      await Promise.resolve();
      const output = JSON.stringify(await walk(definition, input, this.#thread));
      this.#end(
        'ExecutionSucceeded',
        { output, outputDetails: { truncated: false } },
        { status: 'SUCCEEDED', output },
      );
    } catch (error) {
      if (error instanceof Aborted) return;
      const failure =
        error instanceof StateFailure ? error : new StateFailure('States.Runtime', (error as Error).message);
      this.#fail(failure);
    }
  }

  /** Appends to the history; the execution fails when that is full. */
  record(type: string, previousEventId: number, details?: Record<string, unknown>): number {
    // The end has room even in a full history.
    const isEnd = type.startsWith('Execution') || type.endsWith('Aborted');
    if (this.history.events.length >= limits.historyEvents - 1 && !isEnd) {
      throw new StateFailure(
        'States.Runtime',
        `The execution reached the maximum number of history events (${limits.historyEvents}).`,
      );
    }
    return this.history.append(this.services.clock.now(), type, previousEventId, details);
  }

  /** Stops the execution as StopExecution does; false when it has ended already. */
  stop(error?: string, cause?: string): boolean {
    if (this.#ended) return false;
    this.#thread.abort();
    this.#end('ExecutionAborted', present({ error, cause }), { status: 'ABORTED', error, cause });
    return true;
  }

  /** Stops working without ending: for the shutdown of the process. */
  abandon(): void {
    this.#ended = true;
    this.#cancelTimeout();
    this.#thread.abort();
  }

  #fail({ error, reason: cause }: StateFailure): void {
    this.#thread.abort();
    this.#end('ExecutionFailed', present({ error, cause }), { status: 'FAILED', error, cause });
  }

  #timeOut(): void {
    this.#thread.abort();
    this.#end('ExecutionTimedOut', {}, { status: 'TIMED_OUT' });
  }

  #end(type: string, details: Record<string, unknown>, ending: Ending): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#cancelTimeout();
    this.record(type, this.#thread.lastEventId, details);
    this.#options.onEnd(ending);
  }
}

function present(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
