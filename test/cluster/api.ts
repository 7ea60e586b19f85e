import { request } from 'node:https';
import { text } from 'node:stream/consumers';

/** An answer of the API server; what is not JSON is a text. */
export interface Answer {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: any kind of object.
  readonly body: any;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  readonly body?: unknown;
  readonly contentType?: string;
}

export type Send = (call: Call) => Promise<Answer>;

const timeoutMilliseconds = 10_000;

/** Sends requests to an API server as the bearer of a token. Errors of the server are answers, too; rejects when there is none. */
export function sender({ url, ca }: { readonly url: string; readonly ca: string }, token: string): Send {
  return ({ method = 'GET', path, body, contentType = 'application/json' }) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
      const options = { method, ca, headers, timeout: timeoutMilliseconds };
      const sent = request(url + path, options, async (response) => {
        const answer = await text(response);
        const isJson = response.headers['content-type']?.includes('json') === true;
        resolve({ status: response.statusCode ?? 0, body: isJson ? JSON.parse(answer) : answer });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
