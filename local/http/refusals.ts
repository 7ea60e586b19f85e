import type { ErrorFacts } from './front-error.ts';
import { type Protocol, protocolOf } from './protocol-of.ts';
import type { Refusal } from './verify-signature.ts';

/** Which code each protocol has for it; a number beside it is a status other than the protocol's own. */
type Codes = Readonly<Record<Protocol, string | readonly [code: string, status: number]>>;

const unknownKey = 'UnrecognizedClientException';
const invalid = 'InvalidSignatureException';
const codes: Readonly<Record<Refusal, Codes>> = {
  incomplete: {
    s3: ['AuthorizationHeaderMalformed', 400],
    query: ['IncompleteSignature', 400],
    json: 'IncompleteSignatureException',
    rest: 'IncompleteSignatureException',
  },
  'unknown key': {
    s3: 'InvalidAccessKeyId',
    query: 'InvalidClientTokenId',
    json: unknownKey,
    rest: unknownKey,
  },
  'wrong token': {
    s3: ['InvalidToken', 400],
    query: 'InvalidClientTokenId',
    json: unknownKey,
    rest: unknownKey,
  },
  'expired token': {
    s3: ['ExpiredToken', 400],
    query: 'ExpiredToken',
    json: 'ExpiredTokenException',
    rest: 'ExpiredTokenException',
  },
  skewed: { s3: 'RequestTimeTooSkewed', query: 'SignatureDoesNotMatch', json: invalid, rest: invalid },
  expired: { s3: 'AccessDenied', query: 'SignatureDoesNotMatch', json: invalid, rest: invalid },
  mismatch: { s3: 'SignatureDoesNotMatch', query: 'SignatureDoesNotMatch', json: invalid, rest: invalid },
};

const statuses: Readonly<Record<Protocol, number>> = { s3: 403, query: 403, json: 400, rest: 403 };

const messages: Readonly<Record<Refusal, string>> = {
  incomplete:
    'The request signature is incomplete: it must name its credential, date and signed headers, and sign the host and every x-amz- header.',
  'unknown key': 'The security token included in the request is invalid.',
  'wrong token': 'The security token included in the request is invalid.',
  'expired token': 'The security token included in the request is expired',
  skewed: 'Signature expired: the difference between the request time and the current time is too large.',
  expired: 'Signature expired: Request has expired',
  mismatch:
    'The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method. Consult the service documentation for details.',
};

/** A refused signature in the words of the service's own protocol. */
export function refusalFacts(service: string, refusal: Refusal): ErrorFacts {
  const protocol = protocolOf(service);
  const code = codes[refusal][protocol];
  const [name, status] = typeof code === 'string' ? [code, statuses[protocol]] : code;
  return { code: name, status, message: messages[refusal] };
}
