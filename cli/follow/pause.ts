import { setTimeout as sleep } from 'node:timers/promises';
import { InterruptedError } from '../cli-error.ts';

/** Waits; throws InterruptedError as soon as the process is asked to end. */
export async function pause(milliseconds: number, interruption: AbortSignal): Promise<void> {
  try {
    await sleep(milliseconds, undefined, { signal: interruption });
  } catch (error) {
    if (interruption.aborted) throw new InterruptedError('interrupted', { cause: error });
    throw error;
  }
}
