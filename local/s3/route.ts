import { unknownOperation } from '../http/protocol/aws-error.ts';
import type { AwsRequest } from '../http/service.ts';
import type { S3Operation } from './context.ts';
import * as buckets from './operations/buckets.ts';
import { deleteObject, deleteObjects } from './operations/delete-objects.ts';
import { listObjectsV2, listObjectVersions } from './operations/listing.ts';
import * as multipart from './operations/multipart.ts';
import { copyObject, putObject } from './operations/put-object.ts';
import { getObject, headObject } from './operations/read-object.ts';
import { S3Error } from './s3-error.ts';

/** `<level> <method> <what the query or headers ask for>`: all that this S3 knows. */
const operations: Readonly<Record<string, S3Operation>> = {
  'service GET': buckets.listBuckets,
  'bucket PUT': buckets.createBucket,
  'bucket HEAD': buckets.headBucket,
  'bucket DELETE': buckets.deleteBucket,
  'bucket GET location': buckets.getBucketLocation,
  'bucket PUT versioning': buckets.putBucketVersioning,
  'bucket GET versioning': buckets.getBucketVersioning,
  'bucket PUT notification': buckets.putBucketNotificationConfiguration,
  'bucket GET notification': buckets.getBucketNotificationConfiguration,
  'bucket GET list-type': listObjectsV2,
  'bucket GET versions': listObjectVersions,
  'bucket GET uploads': multipart.listMultipartUploads,
  'bucket POST delete': deleteObjects,
  'object PUT': putObject,
  'object PUT copy': copyObject,
  'object GET': getObject,
  'object HEAD': headObject,
  'object DELETE': deleteObject,
  'object POST uploads': multipart.createMultipartUpload,
  'object PUT uploadId': multipart.uploadPart,
  'object POST uploadId': multipart.completeMultipartUpload,
  'object DELETE uploadId': multipart.abortMultipartUpload,
  'object GET uploadId': multipart.listParts,
};

/** Query keys that choose no operation; any other one does, so that an unknown one is never taken for a plain GET or PUT. */
const parameters = new Set([
  'x-id',
  'prefix',
  'delimiter',
  'max-keys',
  'encoding-type',
  'continuation-token',
  'start-after',
  'fetch-owner',
  'key-marker',
  'version-id-marker',
  'versionId',
  'partNumber',
  'part-number-marker',
  'max-parts',
  'upload-id-marker',
  'max-uploads',
  'max-buckets',
  'bucket-region',
  'response-content-type',
  'response-cache-control',
  'response-content-disposition',
  'response-content-encoding',
  'response-content-language',
  'response-expires',
]);

export interface S3Route {
  readonly operation: S3Operation;
  readonly bucketName: string;
  readonly key: string;
}

/** Finds the operation of a path-style request. Throws a 501 that names what is not known. */
export function routeS3(request: AwsRequest): S3Route {
  const [bucketName = '', ...rest] = request.path.replace(/^\//, '').split('/');
  const key = decodeKey(rest.join('/'));
  const level = key ? 'object' : bucketName ? 'bucket' : 'service';
  const asked = [...request.query.keys()].filter((name) => !parameters.has(name) && !/^x-amz-/i.test(name));
  const isCopy = level === 'object' && request.headers['x-amz-copy-source'] !== undefined;
  const what = [...asked, ...(isCopy ? ['copy'] : [])].sort().join('+');
  const name = `${level} ${request.method}${what ? ` ${what}` : ''}`;
  const operation = Object.hasOwn(operations, name) ? operations[name] : undefined;
  if (!operation) throw unknownOperation('s3', request.query.get('x-id') ?? name);
  return { operation, bucketName: decodeKey(bucketName), key };
}

function decodeKey(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidArgument', { message: `Couldn't parse the specified URI '${path}'.` });
  }
}
