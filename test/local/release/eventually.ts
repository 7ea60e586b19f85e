import { setTimeout as sleep } from 'node:timers/promises';

/** Generous: other work may load the machine; nothing waits longer than it has to. */
export const patienceMilliseconds = 90_000;

/** Asks again until the answer is as wanted. Throws with the last answer when it never is. */
export async function eventually<T>(
  what: string,
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
): Promise<T> {
  const deadline = Date.now() + patienceMilliseconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > deadline) {
      throw new Error(
        `${what}: not within ${patienceMilliseconds} ms; the last answer is ${JSON.stringify(answer)}`,
      );
    }
    await sleep(40);
  }
}
