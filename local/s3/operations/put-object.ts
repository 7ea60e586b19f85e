import type { AwsRequest } from '../../http/service.ts';
import type { Bucket } from '../bucket.ts';
import { checkRead, writeCondition } from '../conditions.ts';
import {
  bucketOf,
  isVersioned,
  type S3Call,
  type S3Context,
  type S3Operation,
  xmlAnswer,
} from '../context.ts';
import type { ObjectVersion, StoredObject } from '../model.ts';
import type { CreationReason } from '../object-events.ts';
import { checksumHeaders, encryptionHeaders, readProperties, versionHeader } from '../object-headers.ts';
import { receiveBody } from '../receive-body.ts';
import { S3Error } from '../s3-error.ts';

const maximumKeyBytes = 1024;

/** Puts a finished object in its bucket in one turn, tells of it, and drops the bytes it replaced. */
export async function storeObject(
  context: S3Context,
  bucket: Bucket,
  object: Parameters<Bucket['put']>[0],
  reason: CreationReason,
): Promise<StoredObject> {
  const { stored, replaced } = bucket.put(object);
  context.events.created(bucket, stored, reason);
  await dropBytes(context, replaced);
  return stored;
}

/** Removes the bytes of a version that is gone. */
export async function dropBytes(context: S3Context, version: ObjectVersion | undefined): Promise<void> {
  if (version?.kind === 'object') await context.bodies.remove(version.segments);
}

export function checkKey(key: string): void {
  if (Buffer.byteLength(key) > maximumKeyBytes) {
    throw new S3Error('KeyTooLongError', { members: { MaxSizeAllowed: String(maximumKeyBytes) } });
  }
}

export const putObject: S3Operation = async (call) => {
  const { context, request, key } = call;
  const bucket = bucketOf(call);
  checkKey(key);
  const properties = readProperties(request.headers, bucket.encryption);
  const condition = writeCondition(request.headers, bucket, key);
  condition.check();
  const { written, algorithm, checksum } = await receiveBody(request, context.bodies);
  await keepBytesOnlyIf(context, [written], condition.check);
  const stored = await storeObject(
    context,
    bucket,
    {
      key,
      size: written.size,
      etag: written.md5,
      segments: [{ file: written.file, size: written.size }],
      isMultipart: false,
      checksum: { algorithm, type: 'FULL_OBJECT', value: checksum },
      properties,
    },
    'PutObject',
  );
  return {
    status: 200,
    headers: {
      etag: `"${stored.etag}"`,
      ...checksumHeaders(stored),
      ...encryptionHeaders(properties),
      ...versionHeader(stored, isVersioned(bucket)),
    },
  };
};

/** Runs a check that may throw; the bytes already on disk do not outlive its failure. */
export async function keepBytesOnlyIf(
  context: S3Context,
  segments: StoredObject['segments'],
  check: () => void,
): Promise<void> {
  try {
    check();
  } catch (error) {
    await context.bodies.remove(segments);
    throw error;
  }
}

export const copyObject: S3Operation = async (call) => {
  const { context, request, key } = call;
  const bucket = bucketOf(call);
  checkKey(key);
  const source = copySource(call, request);
  const replacesMetadata = request.headers['x-amz-metadata-directive'] === 'REPLACE';
  if (
    source.object === bucket.current(key) &&
    !replacesMetadata &&
    !request.headers['x-amz-server-side-encryption']
  ) {
    throw new S3Error('InvalidRequest', {
      message:
        "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    });
  }
  const condition = writeCondition(request.headers, bucket, key);
  condition.check();
  const asked = readProperties(request.headers, bucket.encryption);
  const properties = replacesMetadata ? asked : { ...source.object.properties, encryption: asked.encryption };
  const segments = await context.bodies.share(source.object.segments);
  await keepBytesOnlyIf(context, segments, condition.check);
  const { size, etag, checksum, isMultipart } = source.object;
  const object = { key, size, etag, segments, isMultipart, properties, ...(checksum ? { checksum } : {}) };
  const stored = await storeObject(context, bucket, object, 'CopyObject');
  return xmlAnswer(
    'CopyObjectResult',
    {
      ETag: `"${stored.etag}"`,
      LastModified: new Date(stored.lastModifiedMs).toISOString(),
      ...(stored.checksum
        ? {
            [`Checksum${stored.checksum.algorithm}`]: stored.checksum.value,
            ChecksumType: stored.checksum.type,
          }
        : {}),
    },
    {
      ...encryptionHeaders(properties),
      ...versionHeader(stored, isVersioned(bucket)),
      ...(source.isVersioned ? { 'x-amz-copy-source-version-id': source.object.versionId } : {}),
    },
  );
};

function copySource(call: S3Call, request: AwsRequest): { object: StoredObject; isVersioned: boolean } {
  const [path = '', query] = (request.headers['x-amz-copy-source'] ?? '').split('?');
  const [bucketName = '', ...rest] = decodeURIComponent(path.replace(/^\//, '')).split('/');
  const key = rest.join('/');
  const bucket = bucketOf({ ...call, bucketName });
  const versionId = new URLSearchParams(query).get('versionId');
  const version = versionId === null ? bucket.newest(key) : bucket.version(key, versionId);
  if (version?.kind !== 'object') {
    if (version && versionId !== null) {
      throw new S3Error('InvalidRequest', {
        message: 'The source of a copy request may not specifically refer to a delete marker by version id.',
      });
    }
    throw new S3Error('NoSuchKey', { members: { Key: key } });
  }
  checkRead(request.headers, version, 'x-amz-copy-source-');
  return { object: version, isVersioned: isVersioned(bucket) };
}
