import { request } from 'node:https';
import { setTimeout as sleep } from 'node:timers/promises';

export interface Endpoint {
  readonly url: string;
  readonly ca: string;
  readonly token: string;
}

/** Answers the status that a GET of a path has; 0 when nobody listens. */
export function createProbe({ url, ca, token }: Endpoint): (path: string) => Promise<number> {
  return (path) =>
    new Promise((resolve) => {
      const headers = { authorization: `Bearer ${token}` };
      const sent = request(url + path, { ca, headers, timeout: 2_000 }, (response) => {
        response.resume();
        resolve(response.statusCode ?? 0);
      });
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(0));
      sent.end();
    });
}

export interface Waiting {
  /** What is waited for, as in `the API server is ready`. */
  readonly what: string;
  readonly isTrue: () => Promise<boolean>;
  /** Which program ended; waiting on is of no use then. */
  readonly ended: () => string | undefined;
  readonly logs: () => string;
}

const patienceMilliseconds = 90_000;
const pauseMilliseconds = 100;

/** Waits; throws with the programs' last words when one of them ended or 90 seconds have gone by. */
export async function untilTrue({ what, isTrue, ended, logs }: Waiting): Promise<void> {
  const deadline = Date.now() + patienceMilliseconds;
  while (!(await isTrue())) {
    const end = ended();
    const problem =
      end ?? (Date.now() > deadline ? `not within ${patienceMilliseconds / 1000} s` : undefined);
    if (problem !== undefined) throw new Error(`control plane: waiting until ${what}: ${problem}\n${logs()}`);
    await sleep(pauseMilliseconds);
  }
}
