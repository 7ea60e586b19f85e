import { request } from 'node:https';
import type { LaptopCluster } from '../../../local/cluster/server.ts';

// biome-ignore lint/suspicious/noExplicitAny: answers are open JSON
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly body: Json;
}

export interface Call {
  readonly body?: unknown;
  readonly type?: string;
  readonly accept?: string;
  readonly token?: string | null;
  readonly userAgent?: string;
}

/** Calls a cluster without a client library, so that what is seen is what went over the wire. */
export function callerOf(cluster: LaptopCluster) {
  const call = (method: string, path: string, options: Call = {}): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const token = options.token === undefined ? cluster.adminToken : options.token;
      const { body } = options;
      const payload = body === undefined ? '' : typeof body === 'string' ? body : JSON.stringify(body);
      const headers = {
        'content-length': Buffer.byteLength(payload),
        accept: options.accept ?? 'application/json',
        'user-agent': options.userAgent ?? 'test/1.0',
        ...(options.body === undefined ? {} : { 'content-type': options.type ?? 'application/json' }),
        ...(token === null ? {} : { authorization: `Bearer ${token}` }),
      };
      const sent = request(
        `${cluster.url}${path}`,
        { method, ca: cluster.caPem, headers, agent: false },
        (response) => {
          const chunks: Buffer[] = [];
          response.on('data', (chunk: Buffer) => chunks.push(chunk));
          response.on('end', () => {
            const text = Buffer.concat(chunks).toString('utf8');
            const isJson = response.headers['content-type']?.startsWith('application/json') ?? false;
            const body = isJson ? JSON.parse(text) : undefined;
            resolve({ status: response.statusCode ?? 0, headers: response.headers, text, body });
          });
        },
      );
      sent.on('error', reject);
      sent.end(payload);
    });
  const apply = (path: string, body: unknown, manager = 'orch', query = '') =>
    call('PATCH', `${path}?fieldManager=${manager}${query}`, { body, type: 'application/apply-patch+yaml' });
  return { call, apply };
}

/** Asks again until the answer is as wanted; fails with the last answer. */
export async function eventually<T>(
  ask: () => Promise<T>,
  holds: (answer: T) => boolean,
  milliseconds = 8000,
): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    const answer = await ask();
    if (holds(answer)) return answer;
    if (Date.now() > end)
      throw new Error(`not within ${milliseconds} ms: ${JSON.stringify(answer).slice(0, 2000)}`);
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
}

/** A cluster without controllers: objects stay as they are written. */
export const withoutRuntime = async () => ({ stop: async () => {} });
