import { setTimeout as sleep } from 'node:timers/promises';
import { type Component, lastLines } from './component.ts';

const patienceMilliseconds = 90_000;
const pauseMilliseconds = 100;

/** The last lines of every program's log. */
export const lastWords = (components: Iterable<Component>): string =>
  [...components].map((component) => lastLines(component)).join('\n');

/**
 * Waits until something is so; a rejection counts as not yet. Throws with the programs' last words when one of them ended
 * or 90 seconds have gone by.
 */
export async function until(
  what: string,
  isTrue: () => Promise<boolean>,
  components: () => readonly Component[],
): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while (!(await isTrue().catch(() => false))) {
    const ended = components()
      .map((component) => component.ended())
      .find((end) => end !== undefined);
    const problem =
      ended ?? (Date.now() > deadline ? `not within ${patienceMilliseconds / 1000} s` : undefined);
    if (problem !== undefined)
      throw new Error(`waiting until ${what}: ${problem}\n${lastWords(components())}`);
    await sleep(pauseMilliseconds);
  }
}
