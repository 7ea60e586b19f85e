import { timingSafeEqual } from 'node:crypto';
import { basicDate, canonicalRequest, encode, type Scope, sha256, signatureOf } from './canonical-request.ts';

/** A key as its issuer knows it. */
export interface SigningKey {
  readonly secretAccessKey: string;
  /** Temporary keys work only together with it. */
  readonly sessionToken?: string;
  readonly expirationMs?: number;
}

/** A request that names a credential. */
export interface SignedRequest {
  readonly method: string;
  /** As sent. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Reads the body; asked of every service but S3, whose header speaks for its stream. */
  readBody(): Promise<Buffer>;
}

export type Refusal =
  | 'incomplete'
  | 'unknown key'
  | 'wrong token'
  | 'expired token'
  | 'skewed'
  | 'expired'
  | 'mismatch';

const skewMs = 15 * 60 * 1000;
const longestLifeSeconds = 7 * 86_400;

interface Signature {
  readonly accessKeyId: string;
  readonly scope: Scope;
  readonly date: string;
  readonly signedHeaders: readonly string[];
  readonly signature: string;
  readonly token: string | undefined;
  /** Only of a presigned URL. */
  readonly expiresSeconds?: number;
}

/**
 * Why a request is refused, or undefined when one of the issued keys signed exactly it: recomputes its SigV4 signature, in
 * the Authorization header or in a presigned URL. The hash of an S3 body is taken from the header: S3 checks it while it
 * receives the stream.
 */
export async function whyUnverified(
  request: SignedRequest,
  keyOf: (accessKeyId: string) => SigningKey | undefined,
  nowMs: number,
): Promise<Refusal | undefined> {
  const signature = request.headers.authorization ? fromHeader(request) : fromQuery(request.query);
  if (signature === undefined || !coversEnough(signature, request)) return 'incomplete';
  const key = keyOf(signature.accessKeyId);
  if (key === undefined) return 'unknown key';
  if (signature.token !== key.sessionToken) return 'wrong token';
  if (key.expirationMs !== undefined && key.expirationMs <= nowMs) return 'expired token';
  const late = whyNotNow(signature, nowMs);
  if (late !== undefined) return late;
  const payloadHash = await payloadHashOf(signature, request);
  if (payloadHash === undefined) return 'incomplete';
  const isS3 = signature.scope[2] === 's3';
  const { method, query, headers } = request;
  const path = isS3 ? request.path : request.path.split('/').map(encode).join('/');
  const { signedHeaders, date, scope } = signature;
  const canonical = canonicalRequest({ method, path, query, headers, signedHeaders, payloadHash });
  const expected = signatureOf(canonical, key.secretAccessKey, date, scope);
  const given = Buffer.from(signature.signature, 'hex');
  return given.length === expected.length && timingSafeEqual(given, expected) ? undefined : 'mismatch';
}

function fromHeader({ headers }: SignedRequest): Signature | undefined {
  const match = /^AWS4-HMAC-SHA256\s+(.+)$/.exec(headers.authorization ?? '');
  const fields = new Map(
    match?.[1]?.split(',').map((field) => {
      const [name = '', ...value] = field.trim().split('=');
      return [name, value.join('=')] as const;
    }),
  );
  return signatureFrom({
    credential: fields.get('Credential'),
    date: headers['x-amz-date'],
    signedHeaders: fields.get('SignedHeaders'),
    signature: fields.get('Signature'),
    token: headers['x-amz-security-token'],
  });
}

function fromQuery(query: URLSearchParams): Signature | undefined {
  const single = (name: string): string | undefined => {
    const values = query.getAll(name);
    return values.length === 1 ? values[0] : undefined;
  };
  const expiresSeconds = Number(single('X-Amz-Expires') ?? Number.NaN);
  const inRange =
    Number.isInteger(expiresSeconds) && expiresSeconds > 0 && expiresSeconds <= longestLifeSeconds;
  if (single('X-Amz-Algorithm') !== 'AWS4-HMAC-SHA256' || !inRange) return undefined;
  const signature = signatureFrom({
    credential: single('X-Amz-Credential'),
    date: single('X-Amz-Date'),
    signedHeaders: single('X-Amz-SignedHeaders'),
    signature: single('X-Amz-Signature'),
    token: single('X-Amz-Security-Token'),
  });
  return signature && { ...signature, expiresSeconds };
}

interface WrittenSignature {
  readonly credential: string | undefined;
  readonly date: string | undefined;
  readonly signedHeaders: string | undefined;
  readonly signature: string | undefined;
  readonly token: string | undefined;
}

function signatureFrom(written: WrittenSignature): Signature | undefined {
  const { credential, date = '', signedHeaders, signature, token } = written;
  const [accessKeyId, day, region, service, terminator, ...more] = credential?.split('/') ?? [];
  if (!accessKeyId || !day || !region || !service || terminator !== 'aws4_request') return undefined;
  if (more.length > 0 || !signedHeaders || !/^[0-9a-f]{64}$/.test(signature ?? '')) return undefined;
  if (basicDate(date) === undefined || !date.startsWith(day) || day.length !== 8) return undefined;
  const scope: Scope = [day, region, service, terminator];
  return {
    accessKeyId,
    scope,
    date,
    signedHeaders: signedHeaders.split(';'),
    signature: signature ?? '',
    token,
  };
}

/** AWS's own rule: the host, and every x-amz- header that is there, must be signed. */
function coversEnough({ signedHeaders, expiresSeconds }: Signature, { headers }: SignedRequest): boolean {
  const signed = new Set(signedHeaders);
  const mayBeBare = (name: string) => expiresSeconds !== undefined && name === 'x-amz-content-sha256';
  return (
    signed.has('host') &&
    Object.keys(headers).every((name) => !name.startsWith('x-amz-') || signed.has(name) || mayBeBare(name))
  );
}

function whyNotNow({ date, expiresSeconds }: Signature, nowMs: number): Refusal | undefined {
  const signedMs = basicDate(date) ?? 0;
  if (signedMs > nowMs + skewMs) return 'skewed';
  if (expiresSeconds === undefined) return nowMs > signedMs + skewMs ? 'skewed' : undefined;
  return nowMs > signedMs + expiresSeconds * 1000 ? 'expired' : undefined;
}

/** What the signature takes for the body; undefined when S3 is not told. */
async function payloadHashOf(signature: Signature, request: SignedRequest): Promise<string | undefined> {
  if (signature.scope[2] !== 's3') return sha256(await request.readBody());
  if (signature.expiresSeconds === undefined) return request.headers['x-amz-content-sha256'];
  return request.query.get('X-Amz-Content-Sha256') ?? 'UNSIGNED-PAYLOAD';
}
