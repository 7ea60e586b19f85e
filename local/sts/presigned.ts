import { timingSafeEqual } from 'node:crypto';
import {
  basicDate,
  canonicalRequest,
  type Scope,
  type SignedParts,
  sha256,
  signatureOf,
} from '../http/canonical-request.ts';
import { AwsError } from '../http/protocol/aws-error.ts';
import type { AccessKey, AccessKeys } from './keys.ts';

/** A presigned GET, apart from where it was sent. */
export interface PresignedRequest {
  readonly host: string;
  /** Percent-encoded, as signed. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface PresignedRules {
  /** Seconds that a signature lives at most. */
  readonly maximumLifeSeconds: number;
  /** STS itself lets every presigned request live its fifteen minutes, whatever it says. */
  readonly obeysExpires: boolean;
}

const clockSkewMs = 5 * 60 * 1000;

const refused = (code: string, message: string): AwsError => new AwsError(code, message, { status: 403 });

/**
 * Verifies the SigV4 query signature of a GET without a body, and gives the key that made it.
 * Throws IncompleteSignature, InvalidClientTokenId, ExpiredToken or SignatureDoesNotMatch.
 */
export function verifyPresigned(
  request: PresignedRequest,
  keys: AccessKeys,
  nowMs: number,
  rules: PresignedRules,
): AccessKey {
  const parameter = (name: string): string => {
    const values = [...request.query].filter(([other]) => other.toLowerCase() === name.toLowerCase());
    if (values.length !== 1 || !values[0]?.[1]) {
      throw refused('IncompleteSignature', `Query parameter '${name}' must be there once`);
    }
    return values[0][1];
  };
  const algorithm = parameter('X-Amz-Algorithm');
  if (algorithm !== 'AWS4-HMAC-SHA256')
    throw refused('IncompleteSignature', `Unsupported AWS 'algorithm': '${algorithm}'.`);
  const [accessKeyId = '', day = '', region = '', service = '', terminator = ''] =
    parameter('X-Amz-Credential').split('/');
  const date = parameter('X-Amz-Date');
  checkTime(date, Number(parameter('X-Amz-Expires')), nowMs, rules);
  if (service !== 'sts' || terminator !== 'aws4_request' || !date.startsWith(day) || day.length !== 8) {
    throw refused(
      'SignatureDoesNotMatch',
      `Credential '${parameter('X-Amz-Credential')}' is not scoped to 'sts' on the day of the request`,
    );
  }
  const key = keys.find(accessKeyId);
  if (!key) throw refused('InvalidClientTokenId', 'The security token included in the request is invalid.');
  checkSession(key, request.query, nowMs);
  const scope: Scope = [day, region, service, terminator];
  const canonical = canonicalRequest(signedParts(request, parameter('X-Amz-SignedHeaders').split(';')));
  const expected = signatureOf(canonical, key.secretAccessKey, date, scope);
  const given = Buffer.from(parameter('X-Amz-Signature'), 'hex');
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused(
      'SignatureDoesNotMatch',
      'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
    );
  }
  return key;
}

function checkTime(date: string, expiresSeconds: number, nowMs: number, rules: PresignedRules): void {
  const signedMs = basicDate(date);
  if (signedMs === undefined)
    throw refused('IncompleteSignature', `Date must be in ISO-8601 'basic format'. Got '${date}'.`);
  if (!Number.isInteger(expiresSeconds) || expiresSeconds < 0) {
    throw refused('IncompleteSignature', `X-Amz-Expires '${expiresSeconds}' should be a number of seconds`);
  }
  const lifeSeconds = rules.obeysExpires
    ? Math.min(expiresSeconds, rules.maximumLifeSeconds)
    : rules.maximumLifeSeconds;
  if (nowMs > signedMs + lifeSeconds * 1000) {
    throw refused('SignatureDoesNotMatch', `Signature expired: ${date} is more than ${lifeSeconds} s ago`);
  }
  if (signedMs > nowMs + clockSkewMs)
    throw refused('SignatureDoesNotMatch', `Signature not yet current: ${date} is still to come`);
}

function checkSession(key: AccessKey, query: URLSearchParams, nowMs: number): void {
  const token = query.get('X-Amz-Security-Token') ?? undefined;
  if (token !== key.sessionToken)
    throw refused('InvalidClientTokenId', 'The security token included in the request is invalid.');
  if (key.expirationMs !== undefined && key.expirationMs <= nowMs) {
    throw refused('ExpiredToken', 'The security token included in the request is expired');
  }
}

function signedParts(
  { host, path, query, headers }: PresignedRequest,
  signedHeaders: readonly string[],
): SignedParts {
  const sent = { ...headers, host };
  for (const name of signedHeaders) {
    if (!Object.hasOwn(sent, name))
      throw refused('SignatureDoesNotMatch', `Header '${name}' is signed but was not sent`);
  }
  return { method: 'GET', path, query, headers: sent, signedHeaders, payloadHash: sha256('') };
}
