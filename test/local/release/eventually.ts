import { setTimeout as sleep } from 'node:timers/promises';

/** For one wait. Generous: other work may load the machine, and nothing waits longer than it has to. */
const waitMilliseconds = 60_000;
/** For a whole test: longer than one wait, so that the wait says what did not come. */
export const patienceMilliseconds = 90_000;

/** Asks again until the answer is as wanted. Throws with the last answer when it never is. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + waitMilliseconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${waitMilliseconds} ms; the last answer is ${JSON.stringify(answer)}`,
      );
    }
    await sleep(100);
  }
}
