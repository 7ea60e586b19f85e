import { randomBytes } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { accountId } from '../identity.ts';

/** Whose keys they are, in the words of GetCallerIdentity. */
export interface CallerIdentity {
  readonly arn: string;
  readonly accountId: string;
  readonly userId: string;
}

/** An access key that is known from the start, such as the developer's own. */
export interface KnownKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** The caller's ARN; account and user id are taken from it. */
  readonly arn: string;
}

export interface IssuedKeys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expirationMs: number;
  readonly identity: CallerIdentity;
  readonly roleArn: string;
}

export interface AccessKey {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly identity: CallerIdentity;
  /** Temporary keys come with one and work only together with it. */
  readonly sessionToken?: string;
  readonly expirationMs?: number;
  /** The role whose session they are. */
  readonly roleArn?: string;
}

/** Every access key of the account. */
export interface AccessKeys {
  find(accessKeyId: string): AccessKey | undefined;
  /** Temporary keys for a session of a role. */
  issue(roleArn: string, sessionName: string, durationSeconds: number): IssuedKeys;
}

export function createAccessKeys(known: readonly KnownKey[], clock: Clock): AccessKeys {
  const keys = new Map<string, AccessKey>();
  const roleIds = new Map<string, string>();
  for (const { arn, ...key } of known)
    keys.set(key.accessKeyId, { ...key, identity: identityOf(arn, identifier('AIDA')) });
  return {
    find: (accessKeyId) => keys.get(accessKeyId),
    issue(roleArn, sessionName, durationSeconds) {
      const roleId = roleIds.get(roleArn) ?? identifier('AROA');
      roleIds.set(roleArn, roleId);
      const issued: IssuedKeys = {
        accessKeyId: identifier('ASIA'),
        secretAccessKey: randomBytes(30).toString('base64'),
        sessionToken: randomBytes(240).toString('base64'),
        expirationMs: clock.now() + durationSeconds * 1000,
        roleArn,
        identity: identityOf(sessionArn(roleArn, sessionName), `${roleId}:${sessionName}`),
      };
      keys.set(issued.accessKeyId, issued);
      return issued;
    },
  };
}

/** `…:iam::1:role/path/Name` assumed as `s` is `…:sts::1:assumed-role/Name/s`: the path is not part of it. */
export function sessionArn(roleArn: string, sessionName: string): string {
  const [, partition, , , account, resource = ''] = roleArn.split(':');
  return `arn:${partition}:sts::${account}:assumed-role/${resource.split('/').at(-1)}/${sessionName}`;
}

const identityOf = (arn: string, userId: string): CallerIdentity => ({
  arn,
  accountId: arn.split(':')[4] || accountId,
  userId,
});

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/** Twenty characters, the first four telling what it names. */
const identifier = (prefix: string): string =>
  prefix + Array.from(randomBytes(16), (byte) => alphabet[byte & 31]).join('');
