import { randomUUID } from 'node:crypto';
import type { EventBus } from '../events/bus.ts';
import { accountId, partition } from '../identity.ts';
import type { Bucket, Deletion } from './bucket.ts';
import type { StoredObject } from './model.ts';

export type CreationReason = 'PutObject' | 'CopyObject' | 'CompleteMultipartUpload';

/** Tells EventBridge what happened in a bucket that has EventBridge on, in the words of S3's events. */
export interface ObjectEvents {
  created(bucket: Bucket, object: StoredObject, reason: CreationReason): void;
  deleted(bucket: Bucket, key: string, deletion: Deletion): void;
}

export function createObjectEvents(bus: EventBus): ObjectEvents {
  const put = (
    bucket: Bucket,
    detailType: string,
    object: Record<string, unknown>,
    rest: Record<string, unknown>,
  ) => {
    if (!bucket.eventBridge) return;
    bus.put({
      source: 'aws.s3',
      'detail-type': detailType,
      resources: [`arn:${partition}:s3:::${bucket.name}`],
      detail: {
        version: '0',
        bucket: { name: bucket.name },
        object,
        'request-id': randomUUID().replaceAll('-', '').slice(0, 16).toUpperCase(),
        requester: accountId,
        'source-ip-address': '127.0.0.1',
        ...rest,
      },
    });
  };
  const versionId = (id: string) => (id === 'null' ? {} : { 'version-id': id });
  return {
    created(bucket, object, reason) {
      const { key, size, etag, sequencer } = object;
      put(
        bucket,
        'Object Created',
        { key, size, etag, ...versionId(object.versionId), sequencer },
        { reason },
      );
    },
    deleted(bucket, key, { marker, removed }) {
      const version = marker ?? removed;
      if (!version) return;
      const deletionType = marker ? 'Delete Marker Created' : 'Permanently Deleted';
      const sequencer = marker?.sequencer ?? bucket.nextSequencer();
      put(
        bucket,
        'Object Deleted',
        { key, ...versionId(version.versionId), sequencer },
        { reason: 'DeleteObject', 'deletion-type': deletionType },
      );
    },
  };
}
