import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { holds, median, printSeries } from './report.ts';

const rounds = 5;
const barMilliseconds = 1500;

interface Boot {
  /** Until every service and the cluster answer. */
  readonly ready: number;
  /** Until every function is built as well. */
  readonly built: number;
}

async function ended(child: ChildProcess): Promise<void> {
  const over = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await over;
}

/** Starts the shipped template as `tidegate local up` does and takes the times of its two lines. */
async function boot(cache: string): Promise<Boot> {
  const state = mkdtempSync(join(tmpdir(), 'boot-'));
  const started = performance.now();
  const args = [
    'local/main.ts',
    '--template',
    'template.yaml',
    '--stack-name',
    'bench',
    '--state',
    state,
    '--cache',
    cache,
    '--json',
  ];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  try {
    let ready = Number.NaN;
    for await (const line of createInterface({ input: child.stdout })) {
      const since = performance.now() - started;
      const said = JSON.parse(line) as { ready?: true; built?: true };
      if (said.ready) ready = since;
      if (said.built) return { ready, built: since };
    }
    throw new Error('the laptop cloud ended before it was built');
  } finally {
    await ended(child);
    rmSync(state, { recursive: true, force: true });
  }
}

/** Boot of the laptop cloud: the first one on a machine, which builds everything, beside the later ones. */
export async function benchBoot(): Promise<boolean> {
  const cache = mkdtempSync(join(tmpdir(), 'boot-cache-'));
  try {
    const first = await boot(cache);
    const later: Boot[] = [];
    for (let round = 0; round < rounds; round += 1) later.push(await boot(cache));
    const series = (name: string, values: number[]) => printSeries({ name, unit: 'ms', values });
    series('first boot, ready', [first.ready]);
    series('first boot, functions built', [first.built]);
    series(
      'boot, ready',
      later.map(({ ready }) => ready),
    );
    series(
      'boot, functions checked',
      later.map(({ built }) => built),
    );
    return holds({
      what: 'boot',
      value: median(later.map(({ ready }) => ready)),
      atMost: barMilliseconds,
      unit: 'ms',
    });
  } finally {
    rmSync(cache, { recursive: true, force: true });
  }
}
