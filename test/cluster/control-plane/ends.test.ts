import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { describe, expect, inject, it, onTestFinished } from 'vitest';

const { missingForNodes } = inject('plane');

/** Starts `npm run control-plane`; answers when it says where its kubeconfig is. */
async function start(): Promise<{ readonly child: ChildProcess; readonly folder: string }> {
  const program = new URL('main.ts', import.meta.url).pathname;
  const child = spawn(process.execPath, [program], { stdio: ['ignore', 'pipe', 'ignore'] });
  // A test that fails ends nothing.
  onTestFinished(() => void child.kill('SIGKILL'));
  for await (const line of createInterface({ input: child.stdout })) {
    const folder = /^export KUBECONFIG=(.*)\/[^/]+$/.exec(line)?.[1];
    if (folder !== undefined) return { child, folder };
  }
  throw new Error(`the control plane did not start: it ended with ${child.exitCode}`);
}

/** Programs that have the folder in their command line. */
const programsOf = (folder: string): string[] =>
  readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      const file = `/proc/${pid}/cmdline`;
      return existsSync(file) ? [readFileSync(file, 'utf8').replaceAll('\0', ' ')] : [];
    })
    .filter((command) => command.includes(folder));

async function end({ child, folder }: Awaited<ReturnType<typeof start>>, signal: NodeJS.Signals) {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill(signal);
  await ended;
  // The kernel takes a moment to end what it ends for us.
  await expect.poll(() => programsOf(folder), { timeout: 10_000 }).toEqual([]);
}

// Each start takes ten seconds on a machine that has nothing else to do.
const timeout = 240_000;

describe.skipIf(missingForNodes.length > 0)('a control plane by hand', { timeout }, () => {
  it('is gone when it is told to end', async () => {
    const plane = await start();
    expect(programsOf(plane.folder).length).toBeGreaterThan(5);
    await end(plane, 'SIGINT');
    expect(existsSync(plane.folder)).toBe(false);
  });

  it('is gone when it is killed, and what is left the next start removes', async () => {
    const killed = await start();
    await end(killed, 'SIGKILL');
    await end(await start(), 'SIGTERM');
    expect(existsSync(killed.folder)).toBe(false);
  });
});
