import { AwsError } from '../../http/protocol/aws-error.ts';
import { childrenNamed, childText } from '../../http/protocol/xml-reader.ts';
import type { Bucket, Deletion } from '../bucket.ts';
import { checkDelete } from '../conditions.ts';
import { bucketOf, type S3Context, type S3Operation, xmlAnswer } from '../context.ts';
import { S3Error } from '../s3-error.ts';
import { readDocument } from './buckets.ts';
import { dropBytes } from './put-object.ts';

interface DeletionRequest {
  readonly key: string;
  readonly versionId?: string | undefined;
  readonly ifMatch?: string | undefined;
}

async function deleteOne(
  context: S3Context,
  bucket: Bucket,
  { key, versionId, ifMatch }: DeletionRequest,
): Promise<Deletion> {
  checkDelete(ifMatch, bucket, key);
  const deletion = versionId === undefined ? bucket.deleteKey(key) : bucket.deleteVersion(key, versionId);
  context.events.deleted(bucket, key, deletion);
  await dropBytes(context, deletion.removed);
  return deletion;
}

export const deleteObject: S3Operation = async (call) => {
  const versionId = call.request.query.get('versionId') ?? undefined;
  const deletion = await deleteOne(call.context, bucketOf(call), {
    key: call.key,
    versionId,
    ifMatch: call.request.headers['if-match'],
  });
  const named = versionId ?? deletion.marker?.versionId;
  const isMarker = deletion.marker !== undefined || deletion.removed?.kind === 'delete-marker';
  return {
    status: 204,
    headers: {
      ...(named === undefined ? {} : { 'x-amz-version-id': named }),
      ...(isMarker ? { 'x-amz-delete-marker': 'true' } : {}),
    },
  };
};

const maximumKeys = 1000;

export const deleteObjects: S3Operation = async (call) => {
  const bucket = bucketOf(call);
  const document = await readDocument(call.request, 'Delete');
  const isQuiet = childText(document, 'Quiet') === 'true';
  const entries = childrenNamed(document, 'Object');
  if (!entries.length || entries.length > maximumKeys) throw new S3Error('MalformedXML');
  const deleted: Record<string, string>[] = [];
  const failed: Record<string, string>[] = [];
  for (const entry of entries) {
    const key = childText(entry, 'Key') ?? '';
    const versionId = childText(entry, 'VersionId');
    const asked = { Key: key, ...(versionId === undefined ? {} : { VersionId: versionId }) };
    try {
      const { marker, removed } = await deleteOne(call.context, bucket, {
        key,
        versionId,
        ifMatch: childText(entry, 'ETag'),
      });
      const markerId =
        marker?.versionId ?? (removed?.kind === 'delete-marker' ? removed.versionId : undefined);
      deleted.push({
        ...asked,
        ...(markerId ? { DeleteMarker: 'true', DeleteMarkerVersionId: markerId } : {}),
      });
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      failed.push({ ...asked, Code: error.code, Message: error.message });
    }
  }
  return xmlAnswer('DeleteResult', { Deleted: isQuiet ? [] : deleted, Error: failed });
};
