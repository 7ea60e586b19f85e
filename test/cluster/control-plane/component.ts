import { type ChildProcess, spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface ComponentSpecification {
  readonly name: string;
  readonly program: string;
  readonly args: readonly string[];
  /** Where its log goes, as `<name>.log`; a component that is started again appends to it. */
  readonly folder: string;
}

/** A program that runs until it is stopped. */
export interface Component {
  readonly name: string;
  readonly pid: number;
  readonly logFile: string;
  /** How it ended; undefined while it runs. */
  readonly ended: () => string | undefined;
  /** Ends it at once, as a crash would. */
  kill(): Promise<void>;
}

const running = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL');
});

/** Starts a program with its log in a file. It ends with this process, however that ends. */
export function startComponent({ name, program, args, folder }: ComponentSpecification): Component {
  const logFile = join(folder, `${name}.log`);
  const log = openSync(logFile, 'a');
  const [command, ...rest] = diesWithParent([program, ...args]);
  const child = spawn(command, rest, { stdio: ['ignore', log, log], cwd: folder });
  closeSync(log);
  running.add(child);
  let end: string | undefined;
  const ended = new Promise<void>((resolve) => {
    child.on('error', (error) => {
      end = error.message;
      running.delete(child);
      resolve();
    });
    child.on('exit', (code, signal) => {
      end = `${name} ended with ${code ?? signal}`;
      running.delete(child);
      resolve();
    });
  });
  return {
    name,
    pid: child.pid ?? 0,
    logFile,
    ended: () => end,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** A parent that is killed cannot end its children: the kernel does. */
function diesWithParent(command: readonly string[]): [string, ...string[]] {
  const wrapped = process.platform === 'linux' ? ['setpriv', '--pdeathsig', 'KILL', ...command] : command;
  return wrapped as [string, ...string[]];
}

/** The last lines of a component's log, under its name. */
export function lastLines({ name, logFile }: Component, count = 20): string {
  const lines = readFileSync(logFile, 'utf8').trimEnd().split('\n').slice(-count);
  return [`--- ${name} (${logFile})`, ...lines].join('\n');
}
