import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import {
  type CrcParameters,
  crc32cParameters,
  crc32Parameters,
  crc64NvmeParameters,
  joinCrcs,
  runningCrc,
} from './crc.ts';

export type ChecksumAlgorithm = 'CRC32' | 'CRC32C' | 'CRC64NVME' | 'SHA1' | 'SHA256';
/** `FULL_OBJECT` covers the bytes; `COMPOSITE` is a checksum of the parts' checksums. */
export type ChecksumType = 'FULL_OBJECT' | 'COMPOSITE';

export interface Checksum {
  readonly algorithm: ChecksumAlgorithm;
  readonly type: ChecksumType;
  /** Base64; a COMPOSITE one ends in `-<parts>`. */
  readonly value: string;
}

export interface RunningChecksum {
  update(chunk: Uint8Array): void;
  /** Base64. */
  digest(): string;
}

interface Algorithm {
  readonly start: () => RunningChecksum;
  /** Only CRCs of parts can be joined to the CRC of the whole. */
  readonly crc?: CrcParameters;
  readonly multipartTypes: readonly [ChecksumType, ...ChecksumType[]];
}

const toBase64 = (value: bigint, bytes: number): string =>
  Buffer.from(value.toString(16).padStart(bytes * 2, '0'), 'hex').toString('base64');

function crcChecksum(parameters: CrcParameters): RunningChecksum {
  const crc = runningCrc(parameters);
  return { update: crc.update, digest: () => toBase64(crc.digest(), parameters.width / 8) };
}

function hashChecksum(name: string): RunningChecksum {
  const hash = createHash(name);
  return { update: (chunk) => void hash.update(chunk), digest: () => hash.digest('base64') };
}

function zlibCrc32(): RunningChecksum {
  let value = 0;
  return {
    update(chunk) {
      value = crc32(chunk, value);
    },
    digest: () => toBase64(BigInt(value), 4),
  };
}

/** The first multipart type is the default of S3. */
const algorithms: Readonly<Record<ChecksumAlgorithm, Algorithm>> = {
  CRC32: { start: zlibCrc32, crc: crc32Parameters, multipartTypes: ['COMPOSITE', 'FULL_OBJECT'] },
  CRC32C: {
    start: () => crcChecksum(crc32cParameters),
    crc: crc32cParameters,
    multipartTypes: ['COMPOSITE', 'FULL_OBJECT'],
  },
  CRC64NVME: {
    start: () => crcChecksum(crc64NvmeParameters),
    crc: crc64NvmeParameters,
    multipartTypes: ['FULL_OBJECT'],
  },
  SHA1: { start: () => hashChecksum('sha1'), multipartTypes: ['COMPOSITE'] },
  SHA256: { start: () => hashChecksum('sha256'), multipartTypes: ['COMPOSITE'] },
};

export const checksumAlgorithms = Object.keys(algorithms) as ChecksumAlgorithm[];

export const isChecksumAlgorithm = (name: string): name is ChecksumAlgorithm =>
  Object.hasOwn(algorithms, name);

/** The header (and trailer) that carries a checksum of that algorithm. */
export const checksumHeader = (algorithm: ChecksumAlgorithm): string =>
  `x-amz-checksum-${algorithm.toLowerCase()}`;

/** The XML element that carries a checksum of that algorithm. */
export const checksumElement = (algorithm: ChecksumAlgorithm): string => `Checksum${algorithm}`;

export const startChecksum = (algorithm: ChecksumAlgorithm): RunningChecksum => algorithms[algorithm].start();

/** The types an upload in parts may have with that algorithm, S3's default first. */
export const multipartTypes = (algorithm: ChecksumAlgorithm): readonly [ChecksumType, ...ChecksumType[]] =>
  algorithms[algorithm].multipartTypes;

/** The object's checksum from those of its parts. */
export function combineChecksums(
  algorithm: ChecksumAlgorithm,
  type: ChecksumType,
  parts: readonly { readonly value: string; readonly size: number }[],
): Checksum {
  const { start, crc } = algorithms[algorithm];
  if (type === 'COMPOSITE' || !crc) {
    const whole = start();
    for (const part of parts) whole.update(Buffer.from(part.value, 'base64'));
    return { algorithm, type, value: `${whole.digest()}-${parts.length}` };
  }
  const joined = parts.reduce(
    (sum, part) =>
      joinCrcs(crc, sum, BigInt(`0x${Buffer.from(part.value, 'base64').toString('hex')}`), part.size),
    0n,
  );
  return { algorithm, type, value: toBase64(joined, crc.width / 8) };
}
