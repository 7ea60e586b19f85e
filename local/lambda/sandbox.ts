import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { payloadLimits } from './errors.ts';
import type { InvocationResult } from './invoker.ts';
import { errorResult, exited, reportedError, timedOut } from './result.ts';
import { type Assignment, startRuntimeApi } from './runtime-api.ts';

const bootstrap = fileURLToPath(new URL('bootstrap.mjs', import.meta.url));

/** Lambda gives the init phase this long. */
const initMilliseconds = 10_000;

export interface SandboxOptions {
  readonly environment: (runtimeApi: string) => Record<string, string>;
  readonly folder: string;
  readonly memoryMegabytes: number;
  /** Where standard output and error go. */
  readonly logDescriptor: number;
  /** Called once, when the process is gone. */
  readonly onEnd: (sandbox: Sandbox) => void;
}

/** One process that runs one function, one invocation at a time. */
export interface Sandbox {
  readonly pid: number | undefined;
  /** Resolves when the handler is loaded, or when the process has ended. */
  readonly ready: Promise<void>;
  run(assignment: Assignment): Promise<InvocationResult>;
  /** Ends the process and waits until it is gone. */
  end(): Promise<void>;
}

interface Running {
  readonly assignment: Assignment;
  readonly settle: (result: InvocationResult) => void;
  timer: NodeJS.Timeout | undefined;
  /** A failure, told only when the process waits again or is gone: then it is clear whether it can be used again. */
  failure: InvocationResult | undefined;
}

/** Starts the process; the handler loads while this returns. */
export async function startSandbox(options: SandboxOptions): Promise<Sandbox> {
  let running: Running | undefined;
  let isReady = false;
  const ready = Promise.withResolvers<void>();

  function settle(result: InvocationResult): void {
    const settled = running;
    running = undefined;
    clearTimeout(settled?.timer);
    settled?.settle(result);
  }
  function killAfter(milliseconds: number, current: Running): void {
    clearTimeout(current.timer);
    current.timer = setTimeout(() => {
      current.failure = timedOut(current.assignment.requestId, milliseconds);
      child.kill('SIGKILL');
    }, milliseconds);
  }
  const current = (requestId: string): Running | undefined =>
    running?.assignment.requestId === requestId ? running : undefined;

  const api = await startRuntimeApi({
    idle: () => {
      isReady = true;
      ready.resolve();
      if (running?.failure) settle(running.failure);
    },
    taken: (requestId) => {
      const taking = current(requestId);
      if (taking) killAfter(taking.assignment.timeoutMilliseconds, taking);
    },
    answered: (requestId, payload) => {
      if (current(requestId)) settle(withinResponseLimit(payload));
    },
    failed: (requestId, error) => {
      const failing = current(requestId);
      if (failing) failing.failure ??= reportedError(error);
    },
    initFailed: (error) => {
      if (running) running.failure = reportedError(error);
      child.kill('SIGKILL');
    },
  });
  const child = spawnRuntime(options, `127.0.0.1:${api.port}`);
  const gone = once(child, 'exit').catch(() => [1, null]) as Promise<[number | null, NodeJS.Signals | null]>;
  const sandbox: Sandbox = {
    pid: child.pid,
    ready: ready.promise,
    run: (assignment) =>
      new Promise((resolve) => {
        running = { assignment, settle: resolve, timer: undefined, failure: undefined };
        if (!isReady) killAfter(initMilliseconds, running);
        api.assign(assignment);
      }),
    end: async () => {
      child.kill('SIGKILL');
      await gone;
    },
  };
  void gone.then(([code, signal]) => {
    options.onEnd(sandbox);
    if (running) settle(running.failure ?? exited(running.assignment.requestId, code, signal));
    ready.resolve();
    void api.close();
  });
  return sandbox;
}

function spawnRuntime(options: SandboxOptions, runtimeApi: string): ChildProcess {
  const memory = `--max-old-space-size=${options.memoryMegabytes}`;
  return spawn(process.execPath, [memory, bootstrap], {
    cwd: options.folder,
    env: options.environment(runtimeApi),
    // Standard input stays open as long as this process lives: its end tells the child that nobody waits for it.
    stdio: ['pipe', options.logDescriptor, options.logDescriptor],
  });
}

function withinResponseLimit(payload: string): InvocationResult {
  if (Buffer.byteLength(payload) <= payloadLimits.response) return { kind: 'success', payload };
  return errorResult(
    'Function.ResponseSizeTooLarge',
    `Response payload size exceeded maximum allowed payload size (${payloadLimits.response} bytes).`,
  );
}
