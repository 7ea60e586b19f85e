import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type LaptopCloud, runningCloud } from './cloud-file.ts';
import { startCloud } from './process.ts';

/**
 * Uses the laptop cloud that runs on `state`, or one of its own in a temporary folder that is stopped and removed
 * afterwards, also when the use fails or is interrupted.
 */
export async function withCloud<Result>(
  state: string,
  interruption: AbortSignal,
  use: (cloud: LaptopCloud, isOwn: boolean) => Promise<Result>,
): Promise<Result> {
  const running = await runningCloud(state);
  if (running !== undefined) return use(running, false);
  const folder = await mkdtemp(join(tmpdir(), 'tidegate-'));
  try {
    const started = await startCloud({
      state: folder,
      port: 0,
      stackName: 'tidegate',
      isDetached: false,
      readyWithinSeconds: 60,
      interruption,
    });
    try {
      return await use(started.cloud, true);
    } finally {
      await started.stop();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
