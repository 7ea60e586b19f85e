import { checksumHeader } from './checksum.ts';
import type { ObjectProperties, ObjectVersion, StoredObject } from './model.ts';
import { S3Error } from './s3-error.ts';

type Headers = Readonly<Record<string, string>>;

/** System metadata that S3 keeps with an object and answers with it. */
const keptHeaders = [
  'content-type',
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'expires',
];
const metadataPrefix = 'x-amz-meta-';
const maximumMetadataBytes = 2048;

/** The properties an upload asks for; the bucket's encryption applies where it names none. */
export function readProperties(
  headers: Headers,
  bucketEncryption: ObjectProperties['encryption'],
): ObjectProperties {
  const kept: Record<string, string> = { 'content-type': 'binary/octet-stream' };
  for (const name of keptHeaders) {
    const value = name === 'content-encoding' ? withoutAwsChunked(headers[name]) : headers[name];
    if (value !== undefined && value !== '') kept[name] = value;
  }
  const metadata = Object.fromEntries(
    Object.entries(headers)
      .filter(([name]) => name.startsWith(metadataPrefix))
      .map(([name, value]) => [name.slice(metadataPrefix.length), value]),
  );
  const bytes = Object.entries(metadata).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name + value),
    0,
  );
  if (bytes > maximumMetadataBytes) {
    throw new S3Error('MetadataTooLarge', {
      members: { Size: String(bytes), MaxSizeAllowed: String(maximumMetadataBytes) },
    });
  }
  return { headers: kept, metadata, encryption: readEncryption(headers) ?? bucketEncryption };
}

function readEncryption(headers: Headers): ObjectProperties['encryption'] | undefined {
  const algorithm = headers['x-amz-server-side-encryption'];
  if (algorithm === undefined) return undefined;
  if (!['AES256', 'aws:kms', 'aws:kms:dsse'].includes(algorithm)) {
    throw new S3Error('InvalidArgument', {
      message: 'The encryption method specified is not supported',
      members: { ArgumentName: 'x-amz-server-side-encryption', ArgumentValue: algorithm },
    });
  }
  const keyId = headers['x-amz-server-side-encryption-aws-kms-key-id'];
  return { algorithm, ...(keyId === undefined ? {} : { keyId }) };
}

const withoutAwsChunked = (encoding: string | undefined): string | undefined =>
  encoding
    ?.split(',')
    .map((name) => name.trim())
    .filter((name) => name !== 'aws-chunked')
    .join(',');

/** `x-amz-server-side-encryption` and its key. */
export const encryptionHeaders = ({ encryption }: ObjectProperties): Record<string, string> => ({
  'x-amz-server-side-encryption': encryption.algorithm,
  ...(encryption.keyId === undefined
    ? {}
    : { 'x-amz-server-side-encryption-aws-kms-key-id': encryption.keyId }),
});

export const checksumHeaders = ({ checksum }: StoredObject): Record<string, string> =>
  checksum
    ? { [checksumHeader(checksum.algorithm)]: checksum.value, 'x-amz-checksum-type': checksum.type }
    : {};

/** `x-amz-version-id`, which buckets that never were versioned do not answer. */
export const versionHeader = (version: ObjectVersion, isVersioned: boolean): Record<string, string> =>
  isVersioned ? { 'x-amz-version-id': version.versionId } : {};

/** All that GET and HEAD say about an object, but its length and range. */
export const describeObject = (object: StoredObject, isVersioned: boolean): Record<string, string> => ({
  ...object.properties.headers,
  ...Object.fromEntries(
    Object.entries(object.properties.metadata).map(([name, value]) => [`${metadataPrefix}${name}`, value]),
  ),
  ...encryptionHeaders(object.properties),
  ...versionHeader(object, isVersioned),
  etag: `"${object.etag}"`,
  'last-modified': new Date(object.lastModifiedMs).toUTCString(),
  'accept-ranges': 'bytes',
});
