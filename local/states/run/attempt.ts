import type { Need } from '../../iam/evaluate.ts';
import type { JsonObject } from '../json.ts';
import { after } from '../long-timer.ts';
import type { TaskCall } from '../tasks/action.ts';
import type { TaskToken } from '../tokens.ts';
import { StateFailure } from './failure.ts';
import type { Thread } from './thread.ts';

/** A task that took too long, or missed a heartbeat. */
export class DeadlinePassed extends StateFailure {}

export interface TaskTimes {
  readonly timeoutSeconds?: number;
  readonly heartbeatSeconds?: number;
}

/** One attempt of a task: its timers, its token, and what an abort must stop, all gone once it has ended. */
export class Attempt implements TaskCall {
  readonly #thread: Thread;
  readonly #token: TaskToken | undefined;
  readonly #passed = Promise.withResolvers<never>();
  readonly #timers = new Map<'timeout' | 'heartbeat', () => void>();
  readonly #forgets: (() => void)[] = [];

  constructor(thread: Thread, token: TaskToken | undefined) {
    this.#thread = thread;
    this.#token = token;
    // A task that ends in time never looks at this promise again.
    this.#passed.promise.catch(() => {});
    // At once, not when the task unwinds: a callback right after a stop must hear that it is too late.
    if (token) this.onAbort(() => token.close());
  }

  onAbort(action: () => void): () => void {
    const forget = this.#thread.onAbort(action);
    this.#forgets.push(forget);
    return forget;
  }

  whyDenied(need: Need): string | undefined {
    const { services, context } = this.#thread.run;
    const { RoleArn, Name } = context.Execution as JsonObject;
    return services.access({ roleArn: String(RoleArn), name: String(Name) }, need);
  }

  /** Starts the timers. Only a task that waits for a callback can send heartbeats, so only there they are awaited. */
  start({ timeoutSeconds, heartbeatSeconds }: TaskTimes): void {
    if (timeoutSeconds !== undefined) this.#arm('timeout', timeoutSeconds, 'States.Timeout');
    if (heartbeatSeconds === undefined || !this.#token) return;
    const beat = () => this.#arm('heartbeat', heartbeatSeconds, 'States.HeartbeatTimeout');
    this.#token.onHeartbeat = beat;
    beat();
  }

  /** `work`, or `DeadlinePassed`, or `Aborted`, whichever comes first; what comes later is not heard. */
  over<T>(work: Promise<T>): Promise<T> {
    return this.#thread.until(Promise.race([work, this.#passed.promise]));
  }

  end(): void {
    for (const cancel of this.#timers.values()) cancel();
    for (const forget of this.#forgets) forget();
    this.#token?.close();
  }

  #arm(name: 'timeout' | 'heartbeat', seconds: number, error: string): void {
    this.#timers.get(name)?.();
    const pass = () => {
      // Closed in the same instant: a callback that comes now is too late, and is told so.
      this.#token?.close();
      this.#passed.reject(new DeadlinePassed(error));
    };
    this.#timers.set(name, after(this.#thread.run.services.clock, seconds * 1000, pass));
  }
}
