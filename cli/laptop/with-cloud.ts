import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaptopCloud, runningCloud } from './cloud-file.ts';
import { startCloud } from './process.ts';

/** Starts a laptop cloud in a temporary folder; stops and removes it after use, also when that fails. */
export async function withOwnCloud<Result>(
  interruption: AbortSignal,
  use: (cloud: LaptopCloud) => Promise<Result>,
): Promise<Result> {
  const state = await mkdtemp(join(tmpdir(), 'tidegate-'));
  try {
    const started = await startCloud({
      state,
      port: 0,
      stackName: 'tidegate',
      isDetached: false,
      readyWithinSeconds: 60,
      interruption,
    });
    try {
      return await use(started.cloud);
    } finally {
      await started.stop();
    }
  } finally {
    await rm(state, { recursive: true, force: true });
  }
}

/** Uses the laptop cloud that runs on `state`, or else one of its own. */
export async function withCloud<Result>(
  state: string,
  interruption: AbortSignal,
  use: (cloud: LaptopCloud, isOwn: boolean) => Promise<Result>,
): Promise<Result> {
  const running = await runningCloud(state);
  return running === undefined
    ? withOwnCloud(interruption, (cloud) => use(cloud, true))
    : use(running, false);
}
