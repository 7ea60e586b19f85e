import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { FromProcess, RemotePort, TaskName, ThrownError, ToProcess } from './wire.ts';

/** What is done to a process at a journal point. */
export interface Fault {
  /** The journal point of the promotion, from 1. */
  readonly at: number;
  readonly kind: 'kill' | 'stop';
}

/** Counts a promotion's journal points over all its tasks, and harms the process at one. */
export interface Journal {
  points: number;
  /** The tasks that were begun, each with its first journal point. */
  readonly tasks: (readonly [TaskName, number])[];
  readonly fault: Fault | undefined;
  /** Set by the test: the execution is gone, and no task of it may follow. */
  isDead: boolean;
  isStopped: boolean;
  /** Resolves when the process was stopped. */
  readonly stopped: Promise<void>;
  stop(): void;
}

export function createJournal(fault?: Fault): Journal {
  const { promise, resolve } = Promise.withResolvers<void>();
  const journal: Journal = {
    points: 0,
    tasks: [],
    fault,
    isDead: false,
    isStopped: false,
    stopped: promise,
    stop() {
      journal.isStopped = true;
      resolve();
    },
  };
  return journal;
}

export type Answer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'error'; readonly error: ThrownError }
  | { readonly kind: 'killed' };

/** A process that runs tasks, as a function's sandbox does: one at a time, any of them. */
export interface Sandbox {
  invoke(task: TaskName, input: unknown, journal: Journal): Promise<Answer>;
  /** Lets a stopped process run on from where it was, with everything that it was still told to wait for. */
  resume(): void;
  isAlive(): boolean;
  /** Resolves once it has answered what it was asked last. */
  idle(): Promise<unknown>;
  end(): void;
}

type Ports = Readonly<Record<RemotePort, object>>;
type Halt = Exclude<FromProcess, { kind: 'ready' | 'done' }>;

const program = fileURLToPath(new URL('./promotion-process.ts', import.meta.url));

export async function startSandbox(kubeconfig: string, ports: Ports): Promise<Sandbox> {
  const child = fork(program, [kubeconfig], { serialization: 'advanced', execArgv: [] });
  await once(child, 'message');
  let isStopped = false;
  let working: Promise<unknown> = Promise.resolve();
  const held: (() => void)[] = [];
  const go = (message: ToProcess): void => {
    // Whoever is stopped hears it when it wakes.
    if (isStopped) held.push(() => child.send(message));
    else if (child.connected) child.send(message);
  };

  /** True where the process was harmed. */
  function reach(journal: Journal): boolean {
    journal.points += 1;
    if (journal.fault?.at !== journal.points) return false;
    harm[journal.fault.kind](child);
    if (journal.fault.kind === 'stop') {
      isStopped = true;
      journal.stop();
    }
    return true;
  }

  async function answer(message: Halt, journal: Journal): Promise<void> {
    if (message.kind === 'point') {
      reach(journal);
      return go({ kind: 'go', id: message.id });
    }
    const { id, port, method, args } = message;
    // Killed before the call arrived: it is not made. Stopped: it is under way, and is made when it wakes.
    if (reach(journal)) {
      if (!isStopped) return;
      await new Promise<void>((resolve) => held.push(resolve));
    }
    const made = await call(ports[port], method, args);
    reach(journal);
    go({ kind: 'go', id, ...made });
  }

  return {
    async invoke(task, input, journal) {
      const { promise, resolve } = Promise.withResolvers<Answer>();
      const listen = (message: FromProcess): void => {
        if (message.kind === 'done') {
          const { result, error } = message;
          resolve(error === undefined ? { kind: 'result', result } : { kind: 'error', error });
        } else if (message.kind !== 'ready') void answer(message, journal);
      };
      const die = () => resolve({ kind: 'killed' });
      child.on('message', listen).once('exit', die);
      working = promise;
      journal.tasks.push([task, journal.points + 1]);
      child.send({ kind: 'invoke', task, input } satisfies ToProcess);
      const outcome = await promise;
      child.off('message', listen).off('exit', die);
      return outcome;
    },
    idle: () => working,
    resume() {
      isStopped = false;
      child.kill('SIGCONT');
      for (const run of held.splice(0)) run();
    },
    isAlive: () => child.exitCode === null && child.signalCode === null && !isStopped,
    end() {
      if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL');
    },
  };
}

const harm: Readonly<Record<Fault['kind'], (child: ChildProcess) => void>> = {
  kill: (child) => void child.kill('SIGKILL'),
  stop: (child) => void child.kill('SIGSTOP'),
};

async function call(port: object, method: string, args: readonly unknown[]) {
  try {
    const made = (port as Record<string, (...given: readonly unknown[]) => unknown>)[method];
    return { result: await made?.(...args) };
  } catch (error) {
    const { name, message } = error as Error;
    return { error: { name, message } };
  }
}
