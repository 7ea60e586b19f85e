import { accountId } from '../../identity.ts';
import { byUtf8 } from '../bucket.ts';
import { bucketOf, type S3Call, type S3Operation, xmlAnswer } from '../context.ts';
import type { ObjectVersion, StoredObject } from '../model.ts';
import { S3Error } from '../s3-error.ts';

const largestPage = 1000;

interface ListingQuery {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  readonly encode: (text: string) => string;
}

function listingQuery({ request }: S3Call): ListingQuery {
  const asked = request.query.get('max-keys');
  const maxKeys = asked === null ? largestPage : Number(asked);
  if (!Number.isInteger(maxKeys) || maxKeys < 0) {
    throw new S3Error('InvalidArgument', {
      message: 'Provided max-keys not an integer or within integer range',
      members: { ArgumentName: 'max-keys', ArgumentValue: asked ?? '' },
    });
  }
  return {
    prefix: request.query.get('prefix') ?? '',
    delimiter: request.query.get('delimiter') ?? '',
    maxKeys: Math.min(maxKeys, largestPage),
    encode: request.query.get('encoding-type') === 'url' ? encodeKey : (text) => text,
  };
}

const encodeKey = (key: string): string =>
  encodeURIComponent(key)
    .replaceAll('%2F', '/')
    .replaceAll('%20', '+')
    .replace(/[!'()]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

/** The group that a key falls into under a delimiter, if any. */
function commonPrefix(key: string, { prefix, delimiter }: ListingQuery): string | undefined {
  const end = delimiter ? key.indexOf(delimiter, prefix.length) : -1;
  return end < 0 ? undefined : key.slice(0, end + delimiter.length);
}

const storageEntry = (object: StoredObject) => ({
  LastModified: new Date(object.lastModifiedMs).toISOString(),
  ETag: `"${object.etag}"`,
  ...(object.checksum
    ? { ChecksumAlgorithm: object.checksum.algorithm, ChecksumType: object.checksum.type }
    : {}),
  Size: object.size,
  StorageClass: 'STANDARD',
});

export const listObjectsV2: S3Operation = (call) => {
  const bucket = bucketOf(call);
  const query = listingQuery(call);
  const token = call.request.query.get('continuation-token');
  const startAfter = call.request.query.get('start-after') ?? '';
  const after = token === null ? startAfter : decodeToken(token);
  const contents: StoredObject[] = [];
  const groups = new Set<string>();
  let last = '';
  let isTruncated = false;
  for (const key of bucket.keys()) {
    const object = bucket.current(key);
    if (!object || !key.startsWith(query.prefix) || byUtf8(key, after) <= 0) continue;
    const group = commonPrefix(key, query);
    // A token may name a group: everything in it was listed with it.
    if (group !== undefined && (groups.has(group) || group === after)) continue;
    if (contents.length + groups.size >= query.maxKeys) {
      isTruncated = query.maxKeys > 0;
      break;
    }
    if (group === undefined) contents.push(object);
    else groups.add(group);
    last = group ?? key;
  }
  return xmlAnswer('ListBucketResult', {
    Name: bucket.name,
    Prefix: query.encode(query.prefix),
    Delimiter: query.delimiter ? query.encode(query.delimiter) : undefined,
    MaxKeys: query.maxKeys,
    EncodingType: call.request.query.get('encoding-type') ?? undefined,
    KeyCount: contents.length + groups.size,
    IsTruncated: isTruncated,
    ContinuationToken: token ?? undefined,
    NextContinuationToken: isTruncated ? Buffer.from(last).toString('base64url') : undefined,
    StartAfter: startAfter ? query.encode(startAfter) : undefined,
    Contents: contents.map((object) => ({ Key: query.encode(object.key), ...storageEntry(object) })),
    CommonPrefixes: [...groups].map((group) => ({ Prefix: query.encode(group) })),
  });
};

function decodeToken(token: string): string {
  const key = Buffer.from(token, 'base64url').toString('utf8');
  if (token && Buffer.from(key).toString('base64url') === token) return key;
  throw new S3Error('InvalidArgument', {
    message: 'The continuation token provided is incorrect',
    members: { ArgumentName: 'continuation-token' },
  });
}

export const listObjectVersions: S3Operation = (call) => {
  const bucket = bucketOf(call);
  const query = listingQuery(call);
  const keyMarker = call.request.query.get('key-marker') ?? '';
  const versionMarker = call.request.query.get('version-id-marker') ?? '';
  const groups = new Set<string>();
  const entries: ObjectVersion[] = [];
  let next: { key: string; versionId: string } | undefined;
  const listed = bucket
    .keys()
    .filter(
      (key) =>
        key.startsWith(query.prefix) &&
        (byUtf8(key, keyMarker) > 0 || (versionMarker !== '' && key === keyMarker)),
    );
  let last = { key: '', versionId: '' };
  outer: for (const key of listed) {
    const group = commonPrefix(key, query);
    if (group !== undefined && (groups.has(group) || group === keyMarker)) continue;
    for (const version of group === undefined
      ? versionsAfter(bucket.versionsOf(key), key === keyMarker ? versionMarker : '')
      : [undefined]) {
      if (entries.length + groups.size >= query.maxKeys) {
        if (query.maxKeys > 0) next = last;
        break outer;
      }
      if (version) entries.push(version);
      else groups.add(group ?? '');
      last = { key: group ?? key, versionId: version?.versionId ?? '' };
    }
  }
  const entry = (version: ObjectVersion) => ({
    Key: query.encode(version.key),
    VersionId: version.versionId,
    IsLatest: bucket.newest(version.key) === version,
    ...(version.kind === 'object'
      ? storageEntry(version)
      : { LastModified: new Date(version.lastModifiedMs).toISOString() }),
    Owner: { ID: accountId },
  });
  return xmlAnswer('ListVersionsResult', {
    Name: bucket.name,
    Prefix: query.encode(query.prefix),
    KeyMarker: query.encode(keyMarker),
    VersionIdMarker: versionMarker,
    NextKeyMarker: next ? query.encode(next.key) : undefined,
    NextVersionIdMarker: next?.versionId || undefined,
    MaxKeys: query.maxKeys,
    Delimiter: query.delimiter ? query.encode(query.delimiter) : undefined,
    EncodingType: call.request.query.get('encoding-type') ?? undefined,
    IsTruncated: next !== undefined,
    Version: entries.filter(({ kind }) => kind === 'object').map(entry),
    DeleteMarker: entries.filter(({ kind }) => kind === 'delete-marker').map(entry),
    CommonPrefixes: [...groups].map((group) => ({ Prefix: query.encode(group) })),
  });
};

const versionsAfter = (versions: readonly ObjectVersion[], marker: string): readonly ObjectVersion[] =>
  marker === '' ? versions : versions.slice(versions.findIndex(({ versionId }) => versionId === marker) + 1);
