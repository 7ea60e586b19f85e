import type { AwsResponse } from '../../http/service.ts';
import { checkRead } from '../conditions.ts';
import { bucketOf, isVersioned, type S3Call, type S3Operation } from '../context.ts';
import type { StoredObject } from '../model.ts';
import { checksumHeaders, describeObject } from '../object-headers.ts';
import { type ByteRange, parseRange } from '../range.ts';
import { S3Error } from '../s3-error.ts';

/** The object a GET or HEAD names. A marker answers 404 when it is the newest version and 405 when named by its id. */
function findObject(call: S3Call): StoredObject {
  const bucket = bucketOf(call);
  const { key } = call;
  const versionId = call.request.query.get('versionId');
  const version = versionId === null ? bucket.newest(key) : bucket.version(key, versionId);
  if (!version) throw new S3Error('NoSuchKey', { members: { Key: key } });
  if (version.kind === 'object') return version;
  const headers = { 'x-amz-delete-marker': 'true', 'x-amz-version-id': version.versionId };
  if (versionId === null) throw new S3Error('NoSuchKey', { members: { Key: key }, headers });
  throw new S3Error('MethodNotAllowed', {
    members: { Method: call.request.method, ResourceType: 'DeleteMarker' },
    headers: { ...headers, allow: 'DELETE', 'last-modified': new Date(version.lastModifiedMs).toUTCString() },
  });
}

interface Selection {
  readonly range: ByteRange | undefined;
  readonly headers: Readonly<Record<string, string>>;
}

/** The bytes asked for: a range, one part, or everything. */
function selectBytes(call: S3Call, object: StoredObject): Selection {
  const part = call.request.query.get('partNumber');
  if (part === null) return { range: parseRange(call.request.headers.range, object.size), headers: {} };
  const segment = object.segments[Number(part) - 1];
  if (!segment) {
    throw new S3Error('InvalidRange', {
      message: 'The requested partnumber is not satisfiable',
      members: { PartNumberRequested: part },
    });
  }
  const start = object.segments.slice(0, Number(part) - 1).reduce((sum, { size }) => sum + size, 0);
  return {
    range: segment.size ? { start, end: start + segment.size - 1 } : undefined,
    headers: object.isMultipart ? { 'x-amz-mp-parts-count': String(object.segments.length) } : {},
  };
}

/** Response headers that a (presigned) GET may override. */
const overridable = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];

function describe(call: S3Call): { object: StoredObject; range: ByteRange; answer: AwsResponse } {
  const object = findObject(call);
  const { request } = call;
  checkRead(request.headers, object);
  const { range, headers } = selectBytes(call, object);
  const whole = { start: 0, end: object.size - 1 };
  const { start, end } = range ?? whole;
  const isWhole = start === 0 && end === object.size - 1;
  const answer = {
    status: range ? 206 : 200,
    headers: {
      ...describeObject(object, isVersioned(bucketOf(call))),
      ...Object.fromEntries(
        overridable.flatMap((name) => {
          const value = request.query.get(`response-${name}`);
          return value === null ? [] : [[name, value]];
        }),
      ),
      // A checksum of the whole would make clients refuse the bytes of a range.
      ...(request.headers['x-amz-checksum-mode']?.toUpperCase() === 'ENABLED' && isWhole
        ? checksumHeaders(object)
        : {}),
      ...headers,
      'content-length': String(end - start + 1),
      ...(range ? { 'content-range': `bytes ${start}-${end}/${object.size}` } : {}),
    },
  };
  return { object, range: { start, end }, answer };
}

export const headObject: S3Operation = (call) => describe(call).answer;

export const getObject: S3Operation = (call) => {
  const { object, range, answer } = describe(call);
  return { ...answer, body: call.context.bodies.read(object.segments, range.start, range.end) };
};
