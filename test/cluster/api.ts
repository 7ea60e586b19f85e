import type { IncomingHttpHeaders } from 'node:http';
import { request } from 'node:https';
import { text as textOf } from 'node:stream/consumers';

/** Any kind of object. */
// biome-ignore lint/suspicious/noExplicitAny: answers are open JSON.
export type Json = any;

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  /** The text, parsed where it is one JSON value. */
  readonly body: Json;
}

export interface Call {
  readonly method?: string;
  readonly path: string;
  /** A text is sent as it is. */
  readonly body?: unknown;
  readonly contentType?: string;
  readonly accept?: string;
  /** Another bearer token than the sender's; null sends none. */
  readonly token?: string | null;
}

export type Send = (call: Call) => Promise<Answer>;

const timeoutMilliseconds = 10_000;

/** Sends requests to an API server as the bearer of a token. Errors of the server are answers, too; rejects when there is none. */
export function sender({ url, ca }: { readonly url: string; readonly ca: string }, ownToken: string): Send {
  return (call) =>
    new Promise((resolve, reject) => {
      const { method = 'GET', path, body } = call;
      const payload = typeof body === 'string' || body === undefined ? body : JSON.stringify(body);
      const headers = headersOf(call, payload, ownToken);
      const options = { method, ca, headers, timeout: timeoutMilliseconds };
      const sent = request(url + path, options, async (response) => {
        const { statusCode: status = 0, headers } = response;
        const text = await textOf(response);
        resolve({ status, headers, text, body: parsed(text) });
      });
      sent.on('timeout', () => sent.destroy(new Error(`${method} ${path}: no answer`)));
      sent.on('error', reject);
      sent.end(payload);
    });
}

const headersOf = (
  { contentType = 'application/json', accept = 'application/json', token }: Call,
  payload: string | undefined,
  ownToken: string,
) => ({
  accept,
  'user-agent': 'test/1.0',
  // Node frames the body of a DELETE only when it is told the length.
  ...(payload === undefined
    ? {}
    : { 'content-type': contentType, 'content-length': Buffer.byteLength(payload) }),
  ...(token === null ? {} : { authorization: `Bearer ${token ?? ownToken}` }),
});

function parsed(text: string): Json {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
