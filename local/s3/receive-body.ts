import { createHash } from 'node:crypto';
import type { AwsRequest } from '../http/service.ts';
import { decodeAwsChunked, type Trailers } from './aws-chunked.ts';
import type { BodyStore, WrittenBody } from './body-store.ts';
import {
  type ChecksumAlgorithm,
  checksumAlgorithms,
  checksumHeader,
  isChecksumAlgorithm,
} from './checksum.ts';
import { S3Error } from './s3-error.ts';

export interface ReceivedBody {
  readonly written: WrittenBody;
  readonly algorithm: ChecksumAlgorithm;
  /** Base64. */
  readonly checksum: string;
  /** The algorithm that the client used, if it used one. */
  readonly clientAlgorithm: ChecksumAlgorithm | undefined;
}

/**
 * Streams an upload to disk and verifies everything the client said about it: length, Content-MD5, payload hash and
 * checksum, in a header or a trailer. Nothing stays on disk when one of them is wrong.
 * The answer carries the checksum of the `wanted` algorithm; without one, of the client's, and CRC64NVME where the
 * client named none, as S3 does since December 2024.
 */
export async function receiveBody(
  request: AwsRequest,
  bodies: BodyStore,
  wanted?: ChecksumAlgorithm,
): Promise<ReceivedBody> {
  const { headers } = request;
  const payloadHash = headers['x-amz-content-sha256'] ?? '';
  const isChunked =
    payloadHash.startsWith('STREAMING-') || /\baws-chunked\b/.test(headers['content-encoding'] ?? '');
  const trailers: Trailers = {};
  const clients = clientAlgorithm(headers);
  const algorithm = wanted ?? clients ?? 'CRC64NVME';
  const verified = clients ?? algorithm;
  // A refused upload is drained afterwards, so giving up on it must not close the connection.
  const incoming = request.body.iterator({ destroyOnReturn: false });
  const written = await bodies.write(
    interruptedAsIncomplete(isChunked ? decodeAwsChunked(incoming, trailers) : incoming),
    { checksums: [...new Set([algorithm, verified])], sha256: /^[0-9a-f]{64}$/.test(payloadHash) },
  );
  try {
    const length = isChunked ? headers['x-amz-decoded-content-length'] : headers['content-length'];
    const stated = headers[checksumHeader(verified)] ?? trailers[checksumHeader(verified)];
    if (length !== undefined && Number(length) !== written.size) throw new S3Error('IncompleteBody');
    verifyMd5(headers['content-md5'], written.md5);
    if (written.sha256 && written.sha256 !== payloadHash) throw new S3Error('XAmzContentSHA256Mismatch');
    if (stated !== undefined && stated !== written.checksums[verified]) throw checksumMismatch(verified);
    if (stated === undefined && trailerNames(headers).includes(checksumHeader(verified))) {
      throw new S3Error('InvalidRequest', {
        message: `Trailer '${checksumHeader(verified)}' was announced but not sent`,
      });
    }
    return { written, algorithm, checksum: written.checksums[algorithm] ?? '', clientAlgorithm: clients };
  } catch (error) {
    await bodies.remove([written]);
    throw error;
  }
}

export const checksumMismatch = (algorithm: ChecksumAlgorithm): S3Error =>
  new S3Error('BadDigest', {
    message: `The ${algorithm} you specified did not match the calculated checksum.`,
  });

const trailerNames = (headers: AwsRequest['headers']): readonly string[] =>
  (headers['x-amz-trailer'] ?? '').split(',').map((name) => name.trim().toLowerCase());

function clientAlgorithm(headers: AwsRequest['headers']): ChecksumAlgorithm | undefined {
  const inTrailer = trailerNames(headers);
  const given = checksumAlgorithms.filter(
    (algorithm) =>
      headers[checksumHeader(algorithm)] !== undefined || inTrailer.includes(checksumHeader(algorithm)),
  );
  if (given.length > 1) {
    throw new S3Error('InvalidRequest', {
      message: 'Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.',
    });
  }
  const announced = headers['x-amz-sdk-checksum-algorithm']?.toUpperCase();
  if (announced !== undefined && !isChecksumAlgorithm(announced)) {
    throw new S3Error('InvalidRequest', { message: `Checksum algorithm '${announced}' is not supported` });
  }
  return given[0] ?? announced;
}

function verifyMd5(stated: string | undefined, actualHex: string): void {
  if (stated !== undefined && Buffer.from(stated, 'base64').toString('hex') !== actualHex)
    throw new S3Error('BadDigest');
}

/** A client that hangs up in the middle is an incomplete body, not a defect of the cloud. */
async function* interruptedAsIncomplete(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* body;
  } catch (error) {
    if (error instanceof S3Error) throw error;
    throw new S3Error('IncompleteBody');
  }
}

/** Reads a small XML body whole, with its Content-MD5 checked. */
export async function receiveDocument(request: AwsRequest): Promise<string> {
  const raw = await request.readBody();
  const trailers: Trailers = {};
  const isChunked = (request.headers['x-amz-content-sha256'] ?? '').startsWith('STREAMING-');
  const decoded: Uint8Array[] = [];
  if (isChunked) for await (const chunk of decodeAwsChunked(chunksOf(raw), trailers)) decoded.push(chunk);
  const body = isChunked ? Buffer.concat(decoded) : raw;
  verifyMd5(request.headers['content-md5'], createHash('md5').update(body).digest('hex'));
  return body.toString('utf8');
}

async function* chunksOf(body: Uint8Array): AsyncGenerator<Uint8Array> {
  yield body;
}
