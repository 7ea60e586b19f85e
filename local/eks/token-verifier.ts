import { AwsError } from '../http/protocol/aws-error.ts';
import type { CallerIdentity } from '../sts/keys.ts';

/** The part of STS that vouches for a presigned request. */
export interface CallerIdentityVerifier {
  verifyPresignedCallerIdentity(url: string, headers: Readonly<Record<string, string>>): CallerIdentity;
}

export type TokenVerdict =
  | { readonly kind: 'authenticated'; readonly identity: CallerIdentity }
  /** Why the API server answers 401. */
  | { readonly kind: 'refused'; readonly reason: string };

/** Tells whose an EKS bearer token is. */
export interface EksTokenVerifier {
  verify(token: string): TokenVerdict;
}

const prefix = 'k8s-aws-v1.';
const maximumTokenBytes = 4096;
const maximumExpiresSeconds = 900;
const clusterHeader = 'x-k8s-aws-id';

/** The only query keys a token's URL may have; SDK extras such as `x-id` are refused. */
const allowedKeys = new Set([
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
]);

interface DecodedToken {
  readonly token: string;
  readonly url: URL;
  /** Query values by lower-case key. */
  readonly query: ReadonlyMap<string, readonly string[]>;
}

const one = ({ query }: DecodedToken, key: string): string => query.get(key)?.[0] ?? '';

/** Each says why it refuses a token, or nothing; in the order of aws-iam-authenticator. */
const rules: readonly ((decoded: DecodedToken) => string | undefined)[] = [
  ({ url }) => (url.protocol === 'https:' ? undefined : `unexpected scheme '${url.protocol}'`),
  ({ url }) => (stsHost.test(url.host) ? undefined : `unexpected hostname '${url.host}'`),
  ({ url }) => (url.pathname === '/' ? undefined : `unexpected path '${url.pathname}'`),
  ({ url }) =>
    url.username || url.password || url.hash ? 'unexpected user information or fragment' : undefined,
  ({ query }) => {
    const unknown = [...query.keys()].find((key) => !allowedKeys.has(key));
    return unknown === undefined ? undefined : `non-whitelisted query parameter '${unknown}'`;
  },
  ({ query }) => {
    const repeated = [...query].find(([, values]) => values.length !== 1);
    return repeated ? `query parameter '${repeated[0]}' with multiple values` : undefined;
  },
  (decoded) =>
    one(decoded, 'action') === 'GetCallerIdentity'
      ? undefined
      : `unexpected action '${one(decoded, 'action')}'`,
  (decoded) =>
    one(decoded, 'x-amz-signedheaders').split(';').includes(clusterHeader)
      ? undefined
      : `client did not sign the ${clusterHeader} header`,
  (decoded) => {
    const expires = one(decoded, 'x-amz-expires');
    const isValid = /^\d+$/.test(expires) && Number(expires) <= maximumExpiresSeconds;
    return isValid ? undefined : `invalid X-Amz-Expires '${expires}'`;
  },
  (decoded) => (one(decoded, 'x-amz-date') ? undefined : 'X-Amz-Date parameter must be present'),
];

/** The global endpoint and the regional ones of the `aws` partition, FIPS and dual-stack included. */
const stsHost =
  /^(sts|sts(-fips)?\.[a-z]{2}(-[a-z]+)+-\d)\.amazonaws\.com$|^sts\.[a-z]{2}(-[a-z]+)+-\d\.api\.aws$/;

/**
 * A verifier for one cluster. The cluster's name is a signed header that the token does not carry: it is put in here,
 * so that a token signed for another cluster has another signature.
 */
export const createEksTokenVerifier = (
  clusterName: string,
  sts: CallerIdentityVerifier,
): EksTokenVerifier => ({
  verify(token) {
    const decoded = decode(token);
    if (typeof decoded === 'string') return { kind: 'refused', reason: decoded };
    for (const rule of rules) {
      const reason = rule(decoded);
      if (reason !== undefined) return { kind: 'refused', reason };
    }
    try {
      const identity = sts.verifyPresignedCallerIdentity(decoded.url.href, { [clusterHeader]: clusterName });
      return { kind: 'authenticated', identity };
    } catch (error) {
      if (error instanceof AwsError) return { kind: 'refused', reason: `${error.code}: ${error.message}` };
      throw error;
    }
  },
});

function decode(token: string): DecodedToken | string {
  if (Buffer.byteLength(token) > maximumTokenBytes)
    return `token is too large: more than ${maximumTokenBytes} bytes`;
  if (!token.startsWith(prefix)) return `token is missing expected '${prefix}' prefix`;
  const encoded = token.slice(prefix.length);
  if (!/^[A-Za-z0-9_-]+$/.test(encoded)) return 'token is not base64url without padding';
  const text = Buffer.from(encoded, 'base64url').toString('utf8');
  if (!URL.canParse(text)) return 'token does not hold a URL';
  const url = new URL(text);
  const query = new Map<string, string[]>();
  for (const [key, value] of url.searchParams) {
    query.set(key.toLowerCase(), [...(query.get(key.toLowerCase()) ?? []), value]);
  }
  return { token, url, query };
}
