import { unsupported } from '../../http/protocol/aws-error.ts';
import { childText, MalformedXmlError, readXml, type XmlNode } from '../../http/protocol/xml-reader.ts';
import type { AwsRequest } from '../../http/service.ts';
import { accountId, defaultRegion } from '../../identity.ts';
import { bucketOf, type S3Operation, xmlAnswer } from '../context.ts';
import { receiveDocument } from '../receive-body.ts';
import { S3Error } from '../s3-error.ts';

/** Reads a request document whose root must be `root`. Throws MalformedXML. */
export async function readDocument(request: AwsRequest, root: string): Promise<XmlNode> {
  try {
    const document = readXml(await receiveDocument(request));
    if (document.name === root) return document;
  } catch (error) {
    if (!(error instanceof MalformedXmlError)) throw error;
  }
  throw new S3Error('MalformedXML');
}

const bucketName = /^(?!\d+\.\d+\.\d+\.\d+$)[a-z0-9](?:[a-z0-9-]|\.(?!\.)){1,61}[a-z0-9]$/;

export const createBucket: S3Operation = (call) => {
  const { context, bucketName: name } = call;
  if (!bucketName.test(name)) throw new S3Error('InvalidBucketName', { members: { BucketName: name } });
  if (context.buckets.has(name))
    throw new S3Error('BucketAlreadyOwnedByYou', { members: { BucketName: name } });
  context.createBucket({ name });
  return { status: 200, headers: { location: `/${name}` } };
};

export const headBucket: S3Operation = (call) => {
  bucketOf(call);
  return {
    status: 200,
    headers: { 'x-amz-bucket-region': defaultRegion, 'x-amz-access-point-alias': 'false' },
  };
};

export const deleteBucket: S3Operation = (call) => {
  if (!bucketOf(call).isEmpty)
    throw new S3Error('BucketNotEmpty', { members: { BucketName: call.bucketName } });
  call.context.buckets.delete(call.bucketName);
  return { status: 204 };
};

/** us-east-1 is an empty constraint, as it has always been. */
export const getBucketLocation: S3Operation = (call) => {
  bucketOf(call);
  return xmlAnswer('LocationConstraint', defaultRegion === 'us-east-1' ? '' : defaultRegion);
};

export const listBuckets: S3Operation = ({ context, request }) => {
  const prefix = request.query.get('prefix') ?? '';
  const buckets = [...context.buckets.values()].filter(({ name }) => name.startsWith(prefix));
  return xmlAnswer('ListAllMyBucketsResult', {
    Buckets: {
      Bucket: buckets
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .map(({ name, createdMs }) => ({ Name: name, CreationDate: new Date(createdMs).toISOString() })),
    },
    Owner: { ID: accountId },
  });
};

export const putBucketVersioning: S3Operation = async (call) => {
  const bucket = bucketOf(call);
  const document = await readDocument(call.request, 'VersioningConfiguration');
  const status = childText(document, 'Status');
  if (childText(document, 'MfaDelete') === 'Enabled') throw unsupported('s3', 'MFA delete');
  if (status !== 'Enabled' && status !== 'Suspended') throw new S3Error('MalformedXML');
  bucket.versioning = status;
  return { status: 200 };
};

export const getBucketVersioning: S3Operation = (call) => {
  const { versioning } = bucketOf(call);
  return xmlAnswer('VersioningConfiguration', versioning === 'Unversioned' ? {} : { Status: versioning });
};

/** Only EventBridge is a target here; a queue, topic or function is refused rather than never called. */
export const putBucketNotificationConfiguration: S3Operation = async (call) => {
  const bucket = bucketOf(call);
  const document = await readDocument(call.request, 'NotificationConfiguration');
  const other = document.children.find(({ name }) => name !== 'EventBridgeConfiguration');
  if (other) throw unsupported('s3', `Notification by '${other.name}'`);
  bucket.eventBridge = document.children.length > 0;
  return { status: 200 };
};

export const getBucketNotificationConfiguration: S3Operation = (call) =>
  xmlAnswer('NotificationConfiguration', bucketOf(call).eventBridge ? { EventBridgeConfiguration: '' } : {});
