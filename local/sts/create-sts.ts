import { type Clock, systemClock } from '../clock.ts';
import { AwsError, unsupported } from '../http/protocol/aws-error.ts';
import { type QueryOperation, serveQuery } from '../http/protocol/query-protocol.ts';
import type { AwsRequest, AwsService } from '../http/service.ts';
import {
  type AccessKey,
  type AccessKeys,
  type CallerIdentity,
  createAccessKeys,
  type IssuedKeys,
  type KnownKey,
} from './keys.ts';
import { verifyPresigned } from './presigned.ts';

export interface StsOptions {
  readonly clock?: Clock;
  readonly knownKeys?: readonly KnownKey[];
}

export interface Sts extends AwsService {
  /** Temporary keys for a session of a role, as the execution environment of a function gets them. */
  issueKeys(roleArn: string, sessionName: string, durationSeconds?: number): IssuedKeys;
  /** The key as it was issued, to verify what it signed. */
  keyOf(accessKeyId: string): AccessKey | undefined;
  /** The role and the session whose keys they are; undefined for keys of no role. */
  sessionOf(accessKeyId: string): { readonly roleArn: string; readonly arn: string } | undefined;
  /**
   * Who signed a presigned GetCallerIdentity request. It lives fifteen minutes from its X-Amz-Date, as at STS.
   * Throws AwsError (IncompleteSignature, InvalidClientTokenId, ExpiredToken, SignatureDoesNotMatch).
   */
  verifyPresignedCallerIdentity(url: string, headers: Readonly<Record<string, string>>): CallerIdentity;
}

const maximumLifeSeconds = 15 * 60;

/** STS: who the caller is, and temporary keys for any role of a well-formed ARN (trust policies are not modelled). */
export function createSts({ clock = systemClock, knownKeys = [] }: StsOptions = {}): Sts {
  const keys = createAccessKeys(knownKeys, clock);
  const operations: Record<string, QueryOperation> = {
    GetCallerIdentity(_, request) {
      const { arn, userId, accountId } = callerOf(request, keys, clock.now());
      return { Arn: arn, UserId: userId, Account: accountId };
    },
    AssumeRole(parameters, request) {
      callerOf(request, keys, clock.now());
      const { accessKeyId, secretAccessKey, sessionToken, expirationMs, identity } = keys.issue(
        ...readAssumeRole(parameters),
      );
      return {
        AssumedRoleUser: { AssumedRoleId: identity.userId, Arn: identity.arn },
        Credentials: {
          AccessKeyId: accessKeyId,
          SecretAccessKey: secretAccessKey,
          SessionToken: sessionToken,
          Expiration: new Date(Math.floor(expirationMs / 1000) * 1000).toISOString().replace('.000Z', 'Z'),
        },
      };
    },
  };
  return {
    signingName: 'sts',
    handle: (request) =>
      serveQuery(
        { service: 'sts', namespace: 'https://sts.amazonaws.com/doc/2011-06-15/', operations },
        request,
      ),
    issueKeys: (roleArn, sessionName, durationSeconds = 3600) =>
      keys.issue(roleArn, sessionName, durationSeconds),
    keyOf: (accessKeyId) => keys.find(accessKeyId),
    sessionOf(accessKeyId) {
      const key = keys.find(accessKeyId);
      return key?.roleArn === undefined ? undefined : { roleArn: key.roleArn, arn: key.identity.arn };
    },
    verifyPresignedCallerIdentity(url, headers) {
      const { host, pathname, searchParams } = new URL(url);
      const request = { host, path: pathname, query: searchParams, headers };
      return verifyPresigned(request, keys, clock.now(), { maximumLifeSeconds, obeysExpires: false })
        .identity;
    },
  };
}

/** The front has verified the signature; this asks whose it is, and holds presigned requests to STS's own rules. */
function callerOf(request: AwsRequest, keys: AccessKeys, nowMs: number): CallerIdentity {
  if (request.query.has('X-Amz-Signature')) {
    const { path, query, headers } = request;
    const presigned = { host: headers.host ?? '', path, query, headers };
    return verifyPresigned(presigned, keys, nowMs, { maximumLifeSeconds, obeysExpires: true }).identity;
  }
  if (request.accessKeyId === undefined) {
    throw new AwsError('MissingAuthenticationToken', 'Request is missing Authentication Token', {
      status: 403,
    });
  }
  const key = keys.find(request.accessKeyId);
  if (!key || request.headers['x-amz-security-token'] !== key.sessionToken) {
    throw new AwsError('InvalidClientTokenId', 'The security token included in the request is invalid.', {
      status: 403,
    });
  }
  if (key.expirationMs !== undefined && key.expirationMs <= nowMs) {
    throw new AwsError('ExpiredToken', 'The security token included in the request is expired', {
      status: 403,
    });
  }
  return key.identity;
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);

function readAssumeRole(
  parameters: URLSearchParams,
): [roleArn: string, sessionName: string, durationSeconds: number] {
  const roleArn = parameters.get('RoleArn') ?? '';
  const sessionName = parameters.get('RoleSessionName') ?? '';
  const durationSeconds = Number(parameters.get('DurationSeconds') ?? 3600);
  if (!/^arn:aws[\w-]*:iam::\d{12}:role\/[\w+=,.@/-]+$/.test(roleArn)) throw invalid(`${roleArn} is invalid`);
  if (!/^[\w+=,.@-]{2,64}$/.test(sessionName)) {
    throw invalid(
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]*`,
    );
  }
  if (!Number.isInteger(durationSeconds) || durationSeconds < 900 || durationSeconds > 43_200) {
    throw invalid(
      `1 validation error detected: Value '${parameters.get('DurationSeconds')}' at 'durationSeconds' failed to satisfy constraint: Member must have value between 900 and 43200`,
    );
  }
  for (const name of ['Policy', 'SerialNumber'])
    if (parameters.has(name)) throw unsupported('sts', `AssumeRole with ${name}`);
  return [roleArn, sessionName, durationSeconds];
}
