import { childrenNamed, childText, MalformedXmlError, readXml } from '../../http/protocol/xml-reader.ts';
import type { AwsRequest } from '../../http/service.ts';
import { partition } from '../../identity.ts';
import type { Call, ReadNeeds } from '../call.ts';
import type { Need } from '../evaluate.ts';

interface Place {
  readonly bucket: string;
  readonly key: string;
}

const decode = (path: string): string => {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
};

function placeOf(path: string): Place {
  const [bucket = '', ...rest] = path.replace(/^\//, '').split('/');
  return { bucket: decode(bucket), key: decode(rest.join('/')) };
}

const arnOf = ({ bucket, key }: Place): string =>
  `arn:${partition}:s3:::${bucket}${key === '' ? '' : `/${key}`}`;

/** Reading or deleting a version by its id is a permission of its own, in place of the plain one. */
function onVersion(action: string, place: Place, versionId: string | null | undefined): Need {
  const need = { action: `s3:${action}`, resource: arnOf(place) };
  if (!versionId) return need;
  return { ...need, action: `s3:${action}Version`, context: { 's3:versionid': versionId } };
}

type Needs = (call: Call, place: Place) => readonly Need[];

const plain =
  (action: string): Needs =>
  (_call, place) => [{ action: `s3:${action}`, resource: arnOf(place) }];

const versioned =
  (action: string): Needs =>
  ({ request }, place) => [onVersion(action, place, request.query.get('versionId'))];

const listing =
  (action: string): Needs =>
  ({ request }, place) => [
    {
      action: `s3:${action}`,
      resource: arnOf(place),
      context: { 's3:prefix': request.query.get('prefix') ?? undefined },
    },
  ];

/** Writing needs more for what its headers set besides the bytes. */
const writing: Needs = ({ request }, place) => {
  const { headers } = request;
  return [
    'PutObject',
    ...(headers['x-amz-tagging'] === undefined ? [] : ['PutObjectTagging']),
    ...(headers['x-amz-acl'] === undefined ? [] : ['PutObjectAcl']),
  ].map((action) => ({ action: `s3:${action}`, resource: arnOf(place) }));
};

const copying: Needs = (call, place) => {
  const [path = '', versionId] = (call.request.headers['x-amz-copy-source'] ?? '').split('?versionId=');
  return [onVersion('GetObject', placeOf(path), versionId), ...writing(call, place)];
};

/** S3 answers each key by itself; here one key that may not be deleted refuses the whole request. */
const deletingMany: Needs = ({ body }, place) => {
  try {
    return childrenNamed(readXml(body.toString('utf8')), 'Object').map((object) =>
      onVersion(
        'DeleteObject',
        { ...place, key: childText(object, 'Key') ?? '' },
        childText(object, 'VersionId'),
      ),
    );
  } catch (error) {
    if (error instanceof MalformedXmlError) return plain('DeleteObject')({} as Call, { ...place, key: '*' });
    throw error;
  }
};

/** `<level> <method> <sub-resource>`, as the operations of S3 are told apart. */
const operations: Readonly<Record<string, Needs>> = {
  'service GET': () => [{ action: 's3:ListAllMyBuckets', resource: '*' }],
  'bucket PUT': plain('CreateBucket'),
  'bucket HEAD': plain('ListBucket'),
  'bucket DELETE': plain('DeleteBucket'),
  'bucket GET location': plain('GetBucketLocation'),
  'bucket PUT versioning': plain('PutBucketVersioning'),
  'bucket GET versioning': plain('GetBucketVersioning'),
  'bucket PUT notification': plain('PutBucketNotification'),
  'bucket GET notification': plain('GetBucketNotification'),
  'bucket GET list-type': listing('ListBucket'),
  'bucket GET versions': listing('ListBucketVersions'),
  'bucket GET uploads': plain('ListBucketMultipartUploads'),
  'bucket POST delete': deletingMany,
  'object PUT': writing,
  'object PUT copy': copying,
  'object GET': versioned('GetObject'),
  'object HEAD': versioned('GetObject'),
  'object DELETE': versioned('DeleteObject'),
  'object POST uploads': writing,
  'object PUT uploadId': plain('PutObject'),
  'object POST uploadId': plain('PutObject'),
  'object DELETE uploadId': plain('AbortMultipartUpload'),
  'object GET uploadId': plain('ListMultipartUploadParts'),
};

const subResources = [
  'location',
  'versioning',
  'notification',
  'list-type',
  'versions',
  'uploads',
  'delete',
  'uploadId',
];

// https://docs.aws.amazon.com/AmazonS3/latest/userguide/using-with-s3-policy-actions.html
export const s3Needs: ReadNeeds = (call) => {
  const { method, path, query, headers } = call.request;
  const place = placeOf(path);
  const level = place.key ? 'object' : place.bucket ? 'bucket' : 'service';
  const isCopy = level === 'object' && method === 'PUT' && headers['x-amz-copy-source'] !== undefined;
  const asked = subResources.find((name) => query.has(name)) ?? (isCopy ? 'copy' : '');
  return operations[`${level} ${method} ${asked}`.trimEnd()]?.(call, place);
};

/** Whether the request reads an object, and so says whether its key exists. */
export const isObjectRead = ({ method, path }: AwsRequest): boolean =>
  (method === 'GET' || method === 'HEAD') && placeOf(path).key !== '';

/** Only who may list a bucket is told that a key of it does not exist. */
export const needToSeeMissingKeys = ({ path }: AwsRequest): Need => ({
  action: 's3:ListBucket',
  resource: arnOf({ ...placeOf(path), key: '' }),
});
