/**
 * The two CRCs that Node does not have, and the joining of CRCs of parts.
 * All are reflected CRCs; parameters from the catalogue of parametrised CRC algorithms (CRC-32/ISCSI, CRC-64/NVME).
 */
export interface CrcParameters {
  readonly width: 32 | 64;
  readonly reflectedPolynomial: bigint;
}

export const crc32Parameters: CrcParameters = { width: 32, reflectedPolynomial: 0xedb88320n };
export const crc32cParameters: CrcParameters = { width: 32, reflectedPolynomial: 0x82f63b78n };
export const crc64NvmeParameters: CrcParameters = { width: 64, reflectedPolynomial: 0x9a6c9329ac4bc9b5n };

/** A running CRC. The 64-bit state lives in two 32-bit halves, since BigInt per byte is a hundred times slower. */
export interface RunningCrc {
  update(chunk: Uint8Array): void;
  digest(): bigint;
}

interface CrcTable {
  readonly low: Uint32Array;
  readonly high: Uint32Array;
}

const tables = new Map<CrcParameters, CrcTable>();

/** Eight tables of 256 entries each, so that eight bytes are taken at a time. */
function tableOf(parameters: CrcParameters): CrcTable {
  const known = tables.get(parameters);
  if (known) return known;
  const table = { low: new Uint32Array(2048), high: new Uint32Array(2048) };
  const first = Array.from({ length: 256 }, (_, byte) => tableEntry(parameters, byte));
  let entries = first;
  for (let slice = 0; slice < 8; slice++) {
    entries.forEach((value, byte) => {
      table.low[slice * 256 + byte] = Number(value & 0xffffffffn);
      table.high[slice * 256 + byte] = Number(value >> 32n);
    });
    entries = entries.map((value) => (value >> 8n) ^ (first[Number(value & 255n)] ?? 0n));
  }
  tables.set(parameters, table);
  return table;
}

function tableEntry(parameters: CrcParameters, byte: number): bigint {
  let value = BigInt(byte);
  for (let bit = 0; bit < 8; bit++) {
    value = value & 1n ? (value >> 1n) ^ parameters.reflectedPolynomial : value >> 1n;
  }
  return value;
}

/** Starts a CRC of these parameters over the bytes given to `update`. */
export function runningCrc(parameters: CrcParameters): RunningCrc {
  const { low: tableLow, high: tableHigh } = tableOf(parameters);
  const ones = parameters.width === 64 ? 0xffffffff : 0;
  let low = 0xffffffff;
  let high = ones;
  return {
    update(chunk) {
      let l = low;
      let h = high;
      let i = 0;
      for (const end = chunk.length - 7; i < end; i += 8) {
        const a =
          l ^
          ((chunk[i] as number) |
            ((chunk[i + 1] as number) << 8) |
            ((chunk[i + 2] as number) << 16) |
            ((chunk[i + 3] as number) << 24));
        const b =
          h ^
          ((chunk[i + 4] as number) |
            ((chunk[i + 5] as number) << 8) |
            ((chunk[i + 6] as number) << 16) |
            ((chunk[i + 7] as number) << 24));
        const t0 = 1792 + (a & 255);
        const t1 = 1536 + ((a >>> 8) & 255);
        const t2 = 1280 + ((a >>> 16) & 255);
        const t3 = 1024 + (a >>> 24);
        const t4 = 768 + (b & 255);
        const t5 = 512 + ((b >>> 8) & 255);
        const t6 = 256 + ((b >>> 16) & 255);
        const t7 = b >>> 24;
        l =
          (tableLow[t0] as number) ^
          (tableLow[t1] as number) ^
          (tableLow[t2] as number) ^
          (tableLow[t3] as number) ^
          (tableLow[t4] as number) ^
          (tableLow[t5] as number) ^
          (tableLow[t6] as number) ^
          (tableLow[t7] as number);
        h =
          (tableHigh[t0] as number) ^
          (tableHigh[t1] as number) ^
          (tableHigh[t2] as number) ^
          (tableHigh[t3] as number) ^
          (tableHigh[t4] as number) ^
          (tableHigh[t5] as number) ^
          (tableHigh[t6] as number) ^
          (tableHigh[t7] as number);
      }
      for (; i < chunk.length; i++) {
        const index = (l ^ (chunk[i] as number)) & 255;
        l = ((l >>> 8) | (h << 24)) ^ (tableLow[index] as number);
        h = (h >>> 8) ^ (tableHigh[index] as number);
      }
      low = l >>> 0;
      high = h >>> 0;
    },
    digest: () => (BigInt((high ^ ones) >>> 0) << 32n) | BigInt((low ^ 0xffffffff) >>> 0),
  };
}

/** The CRC of A followed by B, from the CRCs of A and B and the length of B in bytes. */
export function joinCrcs(
  parameters: CrcParameters,
  first: bigint,
  second: bigint,
  secondBytes: number,
): bigint {
  const one = 1n << BigInt(parameters.width - 1);
  let power = one >> 8n;
  let shift = one;
  for (let bytes = secondBytes; bytes > 0; bytes = Math.floor(bytes / 2)) {
    if (bytes % 2) shift = multiply(parameters, shift, power);
    power = multiply(parameters, power, power);
  }
  return multiply(parameters, first, shift) ^ second;
}

/** The product of two reflected polynomials modulo the CRC's own. */
function multiply(parameters: CrcParameters, a: bigint, b: bigint): bigint {
  let product = 0n;
  let shifted = b;
  for (let bit = BigInt(parameters.width - 1); bit >= 0n; bit--) {
    if ((a >> bit) & 1n) product ^= shifted;
    shifted = shifted & 1n ? (shifted >> 1n) ^ parameters.reflectedPolynomial : shifted >> 1n;
  }
  return product;
}
