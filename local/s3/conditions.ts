import type { Bucket } from './bucket.ts';
import type { StoredObject } from './model.ts';
import { S3Error } from './s3-error.ts';

type Headers = Readonly<Record<string, string>>;

const unquoted = (etag: string): string => etag.trim().replace(/^W\//, '').replace(/^"|"$/g, '');

const matches = (header: string, etag: string): boolean =>
  header.split(',').some((candidate) => candidate.trim() === '*' || unquoted(candidate) === etag);

const preconditionFailed = (condition: string): S3Error =>
  new S3Error('PreconditionFailed', { members: { Condition: condition } });

/** A conditional write that can be asked twice: when it arrives, and in the same turn in which it takes effect. */
export interface WriteCondition {
  /** Throws PreconditionFailed, NoSuchKey, or ConditionalRequestConflict when the key was deleted meanwhile. */
  check(): void;
}

/** The `If-None-Match: *` and `If-Match` of a write to `key`. Other forms of If-None-Match are refused, as S3 does. */
export function writeCondition(headers: Headers, bucket: Bucket, key: string): WriteCondition {
  const ifNoneMatch = headers['if-none-match'];
  const ifMatch = headers['if-match'];
  if (ifNoneMatch === undefined && ifMatch === undefined) return { check: () => undefined };
  if (ifNoneMatch !== undefined && ifNoneMatch !== '*') {
    throw new S3Error('InvalidArgument', {
      message: 'The only supported value for the If-None-Match header is *.',
      members: { ArgumentName: 'If-None-Match', ArgumentValue: ifNoneMatch },
    });
  }
  const deletionsAtStart = bucket.deletionsOf(key);
  return {
    check() {
      const current = bucket.current(key);
      if (ifNoneMatch !== undefined && current) throw preconditionFailed('If-None-Match');
      if (bucket.deletionsOf(key) !== deletionsAtStart) {
        throw new S3Error('ConditionalRequestConflict', { members: { Key: key } });
      }
      if (ifMatch === undefined) return;
      if (!current) throw new S3Error('NoSuchKey', { members: { Key: key } });
      if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
    },
  };
}

/** The conditions of a read, or of a copy's source when `prefix` is `x-amz-copy-source-`. */
export function checkRead(headers: Headers, object: StoredObject, prefix = ''): void {
  const header = (name: string) => headers[`${prefix}${name}`];
  const ifMatch = header('if-match');
  const ifNoneMatch = header('if-none-match');
  const modifiedSince = Date.parse(header('if-modified-since') ?? '');
  const unmodifiedSince = Date.parse(header('if-unmodified-since') ?? '');
  if (ifMatch !== undefined && !matches(ifMatch, object.etag)) throw preconditionFailed('If-Match');
  if (ifMatch === undefined && object.lastModifiedMs > unmodifiedSince)
    throw preconditionFailed('If-Unmodified-Since');
  const isUnchanged =
    ifNoneMatch === undefined ? object.lastModifiedMs <= modifiedSince : matches(ifNoneMatch, object.etag);
  if (!isUnchanged) return;
  if (prefix) throw preconditionFailed('If-None-Match');
  throw new S3Error('NotModified', { headers: { etag: `"${object.etag}"` } });
}

/** The `If-Match` of a DELETE. */
export function checkDelete(ifMatch: string | undefined, bucket: Bucket, key: string): void {
  if (ifMatch === undefined) return;
  const current = bucket.current(key);
  if (!current) throw new S3Error('NoSuchKey', { members: { Key: key } });
  if (!matches(ifMatch, current.etag)) throw preconditionFailed('If-Match');
}
