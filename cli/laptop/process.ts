import { type ChildProcess, spawn } from 'node:child_process';
import { mkdir, open } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { UnreachableError } from '../cli-error.ts';
import { pause } from '../follow/pause.ts';
import { type LaptopCloud, processExists, runningCloud } from './cloud-file.ts';

/** How to start a laptop cloud. */
export interface LaptopStart {
  /** Folder for everything it keeps; created when absent. */
  readonly state: string;
  /** 0: any free port. */
  readonly port: number;
  /** A context of the person's own kubeconfig, in place of the laptop cluster. */
  readonly kubeContext?: string;
  readonly stackName: string;
  /** Runs on after this process; its output goes to `<state>/cloud.log`. */
  readonly isDetached: boolean;
  readonly readyWithinSeconds: number;
  readonly interruption: AbortSignal;
}

/** A laptop cloud that this process started. */
export interface StartedCloud {
  readonly cloud: LaptopCloud;
  readonly log: string;
  /** Resolves with the exit code when it ends by itself or is stopped. */
  readonly ended: Promise<number>;
  stop(): Promise<void>;
}

const project = fileURLToPath(new URL('../../', import.meta.url));

function argumentsOf({ state, port, kubeContext, stackName }: LaptopStart): string[] {
  return [
    join(project, 'local/main.ts'),
    ...['--template', join(project, 'template.yaml')],
    ...['--stack-name', stackName],
    ...['--port', String(port)],
    ...['--state', state],
    ...(kubeContext === undefined ? [] : ['--kube-context', kubeContext]),
    '--json',
  ];
}

/** Stops a child: asks first, and after ten seconds no longer. */
export async function stopChild(child: ChildProcess, ended: Promise<number>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill('SIGTERM');
  const force = setTimeout(() => child.kill('SIGKILL'), 10_000);
  await ended;
  clearTimeout(force);
}

async function lastLines(log: string, count: number): Promise<string> {
  const file = await open(log);
  try {
    const text = await file.readFile('utf8');
    return text.trimEnd().split('\n').slice(-count).join('\n');
  } finally {
    await file.close();
  }
}

/** Starts a laptop cloud and waits until it is ready. Throws UnreachableError with its last words when it ends first. */
export async function startCloud(start: LaptopStart): Promise<StartedCloud> {
  await mkdir(start.state, { recursive: true });
  const log = join(start.state, 'cloud.log');
  const sink = await open(log, 'w');
  const child = spawn(process.execPath, argumentsOf(start), {
    cwd: project,
    // A detached cloud gets a session of its own: Ctrl-C in this terminal does not reach it. An attached one is
    // kept apart too, because this process stops it in order, after what it still does with it.
    detached: true,
    windowsHide: true,
    stdio: ['ignore', sink.fd, sink.fd],
  });
  await sink.close();
  const ended = new Promise<number>((resolve) => {
    child.once('exit', (code, signal) => resolve(code ?? (signal === null ? 1 : 130)));
    child.once('error', () => resolve(1));
  });
  let hasEnded = false;
  void ended.then(() => {
    hasEnded = true;
  });
  const stop = () => stopChild(child, ended);
  if (!start.isDetached) {
    // The last resort, when this process ends without having stopped it.
    process.once('exit', () => child.kill('SIGTERM'));
  }
  try {
    const deadline = performance.now() + start.readyWithinSeconds * 1000;
    for (;;) {
      const cloud = await runningCloud(start.state);
      // An older cloud's file may still lie there.
      if (cloud !== undefined && cloud.pid === child.pid) {
        if (start.isDetached) child.unref();
        return { cloud, log, ended, stop };
      }
      if (hasEnded)
        throw new UnreachableError(`the laptop cloud does not start:\n${await lastLines(log, 20)}`);
      if (performance.now() > deadline) {
        throw new UnreachableError(
          `the laptop cloud is not ready after ${start.readyWithinSeconds} s; its output: ${log}`,
        );
      }
      await pause(50, start.interruption);
    }
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stops a laptop cloud that another process started; waits until it is gone. */
export async function stopCloud(cloud: LaptopCloud, interruption: AbortSignal): Promise<void> {
  process.kill(cloud.pid, 'SIGTERM');
  const deadline = performance.now() + 15_000;
  while (processExists(cloud.pid)) {
    if (performance.now() > deadline) {
      throw new UnreachableError(`the laptop cloud (process ${cloud.pid}) does not end within 15 s`);
    }
    await pause(50, interruption);
  }
}
