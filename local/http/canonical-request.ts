import { createHash, createHmac } from 'node:crypto';

/** What a SigV4 signature covers. */
export interface SignedParts {
  readonly method: string;
  /** As the signature has it: percent-encoded once for S3, twice for every other service. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Lower-case names, in the order given. */
  readonly signedHeaders: readonly string[];
  readonly payloadHash: string;
}

/** `20261120/us-east-1/s3/aws4_request`, in its parts. */
export type Scope = readonly [day: string, region: string, service: string, terminator: string];

/** The canonical request of SigV4; a signed header that was not sent counts as empty, so that its signature is wrong. */
export function canonicalRequest(parts: SignedParts): string {
  const { method, path, query, headers, signedHeaders, payloadHash } = parts;
  const lines = signedHeaders.map((name) => `${name}:${(headers[name] ?? '').trim().replace(/\s+/g, ' ')}`);
  const head = [method, path || '/', canonicalQuery(query)];
  return [...head, ...lines, '', signedHeaders.join(';'), payloadHash].join('\n');
}

/** By name and then by value: sorting the joined pairs would put `a-b=` before `a=`. */
function canonicalQuery(query: URLSearchParams): string {
  return [...query]
    .filter(([name]) => name !== 'X-Amz-Signature')
    .map(([name, value]) => [encode(name), encode(value)] as const)
    .sort(([name, value], [other, otherValue]) => compare(name, other) || compare(value, otherValue))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The signature of a canonical request. */
export function signatureOf(canonical: string, secretAccessKey: string, date: string, scope: Scope): Buffer {
  const signingKey = scope.reduce(hmac, Buffer.from(`AWS4${secretAccessKey}`));
  return hmac(signingKey, ['AWS4-HMAC-SHA256', date, scope.join('/'), sha256(canonical)].join('\n'));
}

/** Milliseconds of `20261120T120000Z`; undefined for anything else. */
export function basicDate(date: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(date);
  const [, year = '', month = '', day = '', hour = '', minute = '', second = ''] = match ?? [];
  const milliseconds = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(milliseconds) ? undefined : milliseconds;
}

export const sha256 = (content: string | Buffer): string =>
  createHash('sha256').update(content).digest('hex');

const compare = (one: string, other: string): number => (one < other ? -1 : one > other ? 1 : 0);

export const encode = (text: string): string =>
  encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );

const hmac = (key: Buffer, text: string): Buffer => createHmac('sha256', key).update(text).digest();
