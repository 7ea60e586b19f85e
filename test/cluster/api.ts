import { request } from 'node:https';
import { json } from 'node:stream/consumers';

/** An answer of the API server, parsed. */
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

/** Sends requests to an API server as the bearer of a token; errors are answers, too. */
export function sender({ url, ca }: { readonly url: string; readonly ca: string }, token: string): Send {
  return ({ method = 'GET', path, body, contentType = 'application/json' }) =>
    new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${token}`, 'content-type': contentType };
      const sent = request(url + path, { method, ca, headers }, async (response) => {
        resolve({ status: response.statusCode ?? 0, body: await json(response) });
      });
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    });
}
