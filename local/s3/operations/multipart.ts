import { createHash, randomBytes } from 'node:crypto';
import { childrenNamed, childText, type XmlNode } from '../../http/protocol/xml-reader.ts';
import { accountId } from '../../identity.ts';
import {
  type Checksum,
  checksumElement,
  checksumHeader,
  combineChecksums,
  isChecksumAlgorithm,
  multipartTypes,
} from '../checksum.ts';
import { writeCondition } from '../conditions.ts';
import { bucketOf, isVersioned, type S3Call, type S3Operation, xmlAnswer } from '../context.ts';
import type { MultipartUpload, UploadedPart } from '../model.ts';
import { encryptionHeaders, readProperties, versionHeader } from '../object-headers.ts';
import { checksumMismatch, receiveBody } from '../receive-body.ts';
import { S3Error } from '../s3-error.ts';
import { readDocument } from './buckets.ts';
import { checkKey, storeObject } from './put-object.ts';

const smallestPartBytes = 5 * 1024 * 1024;
const largestPartNumber = 10_000;

function uploadOf(call: S3Call): MultipartUpload {
  const uploadId = call.request.query.get('uploadId') ?? '';
  const upload = bucketOf(call).uploads.get(uploadId);
  if (!upload || upload.key !== call.key)
    throw new S3Error('NoSuchUpload', { members: { UploadId: uploadId } });
  return upload;
}

export const createMultipartUpload: S3Operation = (call) => {
  const { request, key, context } = call;
  const bucket = bucketOf(call);
  checkKey(key);
  const asked = request.headers['x-amz-checksum-algorithm']?.toUpperCase();
  const algorithm = asked ?? 'CRC64NVME';
  if (!isChecksumAlgorithm(algorithm)) {
    throw new S3Error('InvalidRequest', { message: `Checksum algorithm '${algorithm}' is not supported` });
  }
  const types = multipartTypes(algorithm);
  const askedType = request.headers['x-amz-checksum-type']?.toUpperCase();
  const checksumType = askedType === undefined ? types[0] : types.find((type) => type === askedType);
  if (!checksumType) {
    throw new S3Error('InvalidRequest', {
      message: `The ${askedType} checksum type cannot be used with the ${algorithm.toLowerCase()} checksum algorithm.`,
    });
  }
  const upload: MultipartUpload = {
    uploadId: randomBytes(48).toString('base64url'),
    key,
    initiatedMs: context.clock.now(),
    properties: readProperties(request.headers, bucket.encryption),
    checksumAlgorithm: algorithm,
    checksumType,
    checksumWasAsked: asked !== undefined,
    parts: new Map(),
  };
  bucket.uploads.set(upload.uploadId, upload);
  return xmlAnswer(
    'InitiateMultipartUploadResult',
    { Bucket: bucket.name, Key: key, UploadId: upload.uploadId },
    {
      ...encryptionHeaders(upload.properties),
      ...(asked ? { 'x-amz-checksum-algorithm': algorithm, 'x-amz-checksum-type': checksumType } : {}),
    },
  );
};

export const uploadPart: S3Operation = async (call) => {
  const upload = uploadOf(call);
  const { context, request } = call;
  const number = Number(request.query.get('partNumber'));
  if (!Number.isInteger(number) || number < 1 || number > largestPartNumber) {
    throw new S3Error('InvalidArgument', {
      message: `Part number must be an integer between 1 and ${largestPartNumber}, inclusive`,
    });
  }
  const received = await receiveBody(request, context.bodies, upload.checksumAlgorithm);
  const { written, checksum, clientAlgorithm = upload.checksumAlgorithm } = received;
  const isOpen = bucketOf(call).uploads.get(upload.uploadId) === upload;
  const isOtherAlgorithm = upload.checksumWasAsked && clientAlgorithm !== upload.checksumAlgorithm;
  if (!isOpen || isOtherAlgorithm) {
    await context.bodies.remove([written]);
    if (!isOpen) throw new S3Error('NoSuchUpload', { members: { UploadId: upload.uploadId } });
    throw new S3Error('InvalidRequest', {
      message: `Checksum Type mismatch occurred, expected checksum Type: ${upload.checksumAlgorithm.toLowerCase()}, actual checksum Type: ${clientAlgorithm.toLowerCase()}`,
    });
  }
  const replaced = upload.parts.get(number);
  upload.parts.set(number, {
    number,
    etag: written.md5,
    size: written.size,
    lastModifiedMs: context.clock.now(),
    segment: { file: written.file, size: written.size },
    checksum,
  });
  if (replaced) await context.bodies.remove([replaced.segment]);
  return {
    status: 200,
    headers: {
      etag: `"${written.md5}"`,
      [checksumHeader(clientAlgorithm)]: written.checksums[clientAlgorithm] ?? checksum,
      ...encryptionHeaders(upload.properties),
    },
  };
};

/** The parts that the client lists, in its order, each as it was uploaded. */
function chosenParts(upload: MultipartUpload, document: XmlNode): readonly UploadedPart[] {
  const element = checksumElement(upload.checksumAlgorithm);
  const listed = childrenNamed(document, 'Part');
  if (!listed.length) throw new S3Error('MalformedXML');
  const parts = listed.map((entry) => {
    const number = Number(childText(entry, 'PartNumber'));
    const etag = childText(entry, 'ETag')?.replaceAll('"', '');
    const stated = childText(entry, element);
    const part = upload.parts.get(number);
    if (!part || part.etag !== etag || (stated !== undefined && stated !== part.checksum)) {
      throw new S3Error('InvalidPart', {
        members: { UploadId: upload.uploadId, PartNumber: String(number), ETag: etag ?? '' },
      });
    }
    if (stated === undefined && upload.checksumType === 'COMPOSITE') {
      throw new S3Error('InvalidRequest', {
        message: `The upload was created using a ${upload.checksumAlgorithm.toLowerCase()} checksum. The complete request must include the checksum for each part. It was missing for part ${number} in the request.`,
      });
    }
    return part;
  });
  if (parts.some((part, index) => index > 0 && part.number <= (parts[index - 1]?.number ?? 0))) {
    throw new S3Error('InvalidPartOrder', { members: { UploadId: upload.uploadId } });
  }
  const small = parts.slice(0, -1).find(({ size }) => size < smallestPartBytes);
  if (small) {
    throw new S3Error('EntityTooSmall', {
      members: {
        ProposedSize: String(small.size),
        MinSizeAllowed: String(smallestPartBytes),
        PartNumber: String(small.number),
      },
    });
  }
  return parts;
}

function objectChecksum(call: S3Call, upload: MultipartUpload, parts: readonly UploadedPart[]): Checksum {
  const { headers } = call.request;
  const statedSize = headers['x-amz-mp-object-size'];
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  if (statedSize !== undefined && Number(statedSize) !== size) {
    throw new S3Error('InvalidRequest', {
      message: `The provided 'x-amz-mp-object-size' header value '${statedSize}' does not match the size '${size}' of the uploaded parts.`,
    });
  }
  const checksum = combineChecksums(
    upload.checksumAlgorithm,
    upload.checksumType,
    parts.map((part) => ({ value: part.checksum, size: part.size })),
  );
  const stated = headers[checksumHeader(upload.checksumAlgorithm)];
  if (stated !== undefined && stated !== checksum.value) throw checksumMismatch(upload.checksumAlgorithm);
  return checksum;
}

export const completeMultipartUpload: S3Operation = async (call) => {
  const { context, request, key } = call;
  const bucket = bucketOf(call);
  const document = await readDocument(request, 'CompleteMultipartUpload');
  const upload = uploadOf(call);
  const parts = chosenParts(upload, document);
  const checksum = objectChecksum(call, upload, parts);
  writeCondition(request.headers, bucket, key).check();
  bucket.uploads.delete(upload.uploadId);
  const md5 = createHash('md5');
  for (const part of parts) md5.update(Buffer.from(part.etag, 'hex'));
  const stored = await storeObject(
    context,
    bucket,
    {
      key,
      size: parts.reduce((sum, part) => sum + part.size, 0),
      etag: `${md5.digest('hex')}-${parts.length}`,
      segments: parts.map(({ segment }) => segment),
      isMultipart: true,
      checksum,
      properties: upload.properties,
    },
    'CompleteMultipartUpload',
  );
  await context.bodies.remove(
    [...upload.parts.values()].filter((part) => !parts.includes(part)).map(({ segment }) => segment),
  );
  return xmlAnswer(
    'CompleteMultipartUploadResult',
    {
      Location: `http://${request.headers.host ?? 'localhost'}/${bucket.name}/${key}`,
      Bucket: bucket.name,
      Key: key,
      ETag: `"${stored.etag}"`,
      [checksumElement(checksum.algorithm)]: checksum.value,
      ChecksumType: checksum.type,
    },
    { ...encryptionHeaders(upload.properties), ...versionHeader(stored, isVersioned(bucket)) },
  );
};

export const abortMultipartUpload: S3Operation = async (call) => {
  const upload = uploadOf(call);
  bucketOf(call).uploads.delete(upload.uploadId);
  await call.context.bodies.remove([...upload.parts.values()].map(({ segment }) => segment));
  return { status: 204 };
};

export const listParts: S3Operation = (call) => {
  const upload = uploadOf(call);
  const { query } = call.request;
  const maxParts = Math.min(Number(query.get('max-parts') ?? 1000), 1000);
  const marker = Number(query.get('part-number-marker') ?? 0);
  const waiting = [...upload.parts.values()]
    .filter(({ number }) => number > marker)
    .sort((a, b) => a.number - b.number);
  const page = waiting.slice(0, maxParts);
  return xmlAnswer('ListPartsResult', {
    Bucket: call.bucketName,
    Key: upload.key,
    UploadId: upload.uploadId,
    PartNumberMarker: marker,
    NextPartNumberMarker: page.at(-1)?.number ?? marker,
    MaxParts: maxParts,
    IsTruncated: waiting.length > page.length,
    Initiator: { ID: accountId },
    Owner: { ID: accountId },
    StorageClass: 'STANDARD',
    ChecksumAlgorithm: upload.checksumAlgorithm,
    ChecksumType: upload.checksumType,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.lastModifiedMs).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.size,
      [checksumElement(upload.checksumAlgorithm)]: part.checksum,
    })),
  });
};

export const listMultipartUploads: S3Operation = (call) => {
  const bucket = bucketOf(call);
  const prefix = call.request.query.get('prefix') ?? '';
  const uploads = [...bucket.uploads.values()].filter(({ key }) => key.startsWith(prefix));
  return xmlAnswer('ListMultipartUploadsResult', {
    Bucket: bucket.name,
    Prefix: prefix,
    MaxUploads: 1000,
    IsTruncated: false,
    Upload: uploads.map((upload) => ({
      Key: upload.key,
      UploadId: upload.uploadId,
      Initiated: new Date(upload.initiatedMs).toISOString(),
      StorageClass: 'STANDARD',
    })),
  });
};
