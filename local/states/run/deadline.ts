import { after } from '../long-timer.ts';
import type { TaskToken } from '../tokens.ts';
import { StateFailure } from './failure.ts';
import type { Thread } from './thread.ts';

/** A task that took too long, or missed a heartbeat. */
export class DeadlinePassed extends StateFailure {}

/** TimeoutSeconds and HeartbeatSeconds of one attempt of a task. */
export class Deadline {
  readonly #thread: Thread;
  readonly #passed = Promise.withResolvers<never>();
  readonly #cancels = new Map<'timeout' | 'heartbeat', () => void>();

  constructor(thread: Thread) {
    this.#thread = thread;
    // A task that ends in time never looks at this promise again.
    this.#passed.promise.catch(() => {});
  }

  /** Starts the timers. Only a task that waits for a callback can send heartbeats, so only there they are awaited. */
  start(times: { timeoutSeconds?: number; heartbeatSeconds?: number }, task: TaskToken | undefined): void {
    if (times.timeoutSeconds !== undefined)
      this.#arm('timeout', times.timeoutSeconds, 'States.Timeout', task);
    const { heartbeatSeconds } = times;
    if (heartbeatSeconds === undefined || !task) return;
    task.onHeartbeat = () => this.#arm('heartbeat', heartbeatSeconds, 'States.HeartbeatTimeout', task);
    task.onHeartbeat();
  }

  /** `work`, or the timeout's failure, or `Aborted`, whichever comes first. */
  over<T>(work: Promise<T>): Promise<T> {
    return this.#thread.until(Promise.race([work, this.#passed.promise]));
  }

  cancel(): void {
    for (const cancel of this.#cancels.values()) cancel();
    this.#cancels.clear();
  }

  #arm(name: 'timeout' | 'heartbeat', seconds: number, error: string, task: TaskToken | undefined): void {
    this.#cancels.get(name)?.();
    const pass = () => {
      // Closed in the same instant: a callback that comes now is too late, and is told so.
      task?.close();
      this.#passed.reject(new DeadlinePassed(error));
    };
    this.#cancels.set(name, after(this.#thread.run.services.clock, seconds * 1000, pass));
  }
}
