import { type ThrottleReason, tooManyRequests } from './errors.ts';
import type { Sandbox } from './sandbox.ts';

export interface PoolOptions {
  /** Most invocations of this function at a time; absent: no limit of its own. */
  readonly reservedConcurrency?: number;
  /** The limit shared by all functions. */
  readonly account: AccountConcurrency;
  readonly idleMilliseconds: number;
  readonly start: (onEnd: (sandbox: Sandbox) => void) => Promise<Sandbox>;
}

/** Invocations running at this moment, over all functions. */
export interface AccountConcurrency {
  readonly limit: number;
  running: number;
}

/** The sandboxes of one function: used again while warm, more of them for more invocations at a time. */
export interface SandboxPool {
  /** Runs `work` in a free sandbox. Throws `TooManyRequestsException` beyond a limit. */
  use<T>(work: (sandbox: Sandbox) => Promise<T>): Promise<T>;
  /** Starts a sandbox ahead of the first invocation. */
  prewarm(): Promise<void>;
  end(): Promise<void>;
}

export function createPool(options: PoolOptions): SandboxPool {
  const { account, reservedConcurrency, idleMilliseconds } = options;
  const live = new Set<Sandbox>();
  const idle: { readonly sandbox: Sandbox; readonly timer: NodeJS.Timeout }[] = [];
  const starting = new Set<Promise<Sandbox>>();
  let running = 0;

  async function start(): Promise<Sandbox> {
    const begun = options.start(forget);
    starting.add(begun);
    try {
      const sandbox = await begun;
      live.add(sandbox);
      return sandbox;
    } finally {
      starting.delete(begun);
    }
  }
  function forget(sandbox: Sandbox): void {
    live.delete(sandbox);
    const index = idle.findIndex((entry) => entry.sandbox === sandbox);
    if (index >= 0) clearTimeout(idle.splice(index, 1)[0]?.timer);
  }
  function giveBack(sandbox: Sandbox): void {
    if (!live.has(sandbox)) return;
    const timer = setTimeout(() => void sandbox.end(), idleMilliseconds);
    timer.unref();
    idle.push({ sandbox, timer });
  }
  function takeIdle(): Sandbox | undefined {
    const entry = idle.pop();
    clearTimeout(entry?.timer);
    return entry?.sandbox;
  }
  function exceeded(): ThrottleReason | undefined {
    if (reservedConcurrency !== undefined && running >= reservedConcurrency) {
      return 'ReservedFunctionConcurrentInvocationLimitExceeded';
    }
    return account.running >= account.limit ? 'ConcurrentInvocationLimitExceeded' : undefined;
  }

  return {
    use: async (work) => {
      const reason = exceeded();
      if (reason) throw tooManyRequests(reason);
      running += 1;
      account.running += 1;
      try {
        const sandbox = takeIdle() ?? (await start());
        const result = await work(sandbox);
        giveBack(sandbox);
        return result;
      } finally {
        running -= 1;
        account.running -= 1;
      }
    },
    prewarm: async () => {
      const sandbox = await start();
      giveBack(sandbox);
      await sandbox.ready;
    },
    end: async () => {
      await Promise.allSettled(starting);
      for (const { timer } of idle) clearTimeout(timer);
      await Promise.all([...live].map((sandbox) => sandbox.end()));
    },
  };
}
