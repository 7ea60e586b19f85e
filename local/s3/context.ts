import type { Clock } from '../clock.ts';
import type { XmlContent } from '../http/protocol/xml.ts';
import { xmlDocument } from '../http/protocol/xml.ts';
import type { AwsRequest, AwsResponse } from '../http/service.ts';
import type { BodyStore } from './body-store.ts';
import type { Bucket } from './bucket.ts';
import type { BucketSettings } from './model.ts';
import type { ObjectEvents } from './object-events.ts';
import { S3Error } from './s3-error.ts';

/** What every S3 operation may use. */
export interface S3Context {
  readonly clock: Clock;
  readonly bodies: BodyStore;
  readonly events: ObjectEvents;
  readonly buckets: Map<string, Bucket>;
  createBucket(settings: BucketSettings): Bucket;
}

/** One request with what its path names; both are empty strings where the path names none. */
export interface S3Call {
  readonly context: S3Context;
  readonly request: AwsRequest;
  readonly bucketName: string;
  readonly key: string;
}

export type S3Operation = (call: S3Call) => Promise<AwsResponse> | AwsResponse;

export const s3Namespace = 'http://s3.amazonaws.com/doc/2006-03-01/';

/** The bucket a call names. Throws NoSuchBucket. */
export function bucketOf({ context, bucketName }: S3Call): Bucket {
  const bucket = context.buckets.get(bucketName);
  if (!bucket) throw new S3Error('NoSuchBucket', { members: { BucketName: bucketName } });
  return bucket;
}

/** Whether answers about its objects carry version ids. */
export const isVersioned = (bucket: Bucket): boolean => bucket.versioning !== 'Unversioned';

/** An answer with an XML body. */
export const xmlAnswer = (
  root: string,
  content: XmlContent,
  headers: Record<string, string> = {},
): AwsResponse => ({
  status: 200,
  headers: { 'content-type': 'application/xml', ...headers },
  body: xmlDocument(root, content, s3Namespace),
});
