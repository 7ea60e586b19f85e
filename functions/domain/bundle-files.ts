import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { crc32, inflateRaw } from 'node:zlib';
import type { Entry } from 'yauzl';
import type { BundleEntry } from '#domain/bundle-entry.ts';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import type { Window } from '#domain/bundle-ranges.ts';
import type { OpenBundle } from '#domain/bundle-zip.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** One file of a bundle, inflated; or what is wrong with it. */
export type BundleFile =
  | { readonly kind: 'file'; readonly path: string; readonly bytes: Buffer; readonly sha256: string }
  | { readonly kind: 'problem'; readonly problem: Problem };

interface Run {
  readonly start: number;
  readonly end: number;
  readonly entries: readonly BundleEntry[];
}

/** Skipping fewer bytes than these would cost more in requests than reading them costs in bytes. */
const gapBytes = 4 * 1024;
const runBytes = 2 * 1024 ** 2;
const runsInFlight = 8;
/** A local header may carry a longer extra field than the directory's copy says (Info-ZIP: by 4 to 12 bytes). */
const headerSlackBytes = 64;
const headerBytes = 30;

const inflate = promisify(inflateRaw) as (bytes: Buffer, options: object) => Promise<Buffer>;

function extent({ entry }: BundleEntry): { start: number; end: number } {
  const start = entry.relativeOffsetOfLocalHeader;
  const header = headerBytes + entry.fileNameLength + entry.extraFieldLength + headerSlackBytes;
  return { start, end: start + header + entry.compressedSize };
}

/** Which ranges to ask for, so that neighbours come in one request and what lies between stays unread. */
export function planRuns(entries: readonly BundleEntry[]): Run[] {
  const runs: { start: number; end: number; entries: BundleEntry[] }[] = [];
  const byOffset = entries.toSorted((left, right) => extent(left).start - extent(right).start);
  for (const entry of byOffset) {
    const { start, end } = extent(entry);
    const last = runs.at(-1);
    if (last !== undefined && start - last.end <= gapBytes && end - last.start <= runBytes) {
      last.end = Math.max(last.end, end);
      last.entries.push(entry);
    } else runs.push({ start, end, entries: [entry] });
  }
  return runs;
}

/** What the directory itself says is too much: nothing is read then. */
export function declaredTooBig(entries: readonly BundleEntry[]): Problem[] {
  const problems = entries
    .filter(
      ({ entry }) => Math.max(entry.uncompressedSize, entry.compressedSize - 1024) > bundleLimits.fileBytes,
    )
    .map(({ path }) => ({ where: path, message: fileTooBig }));
  const total = entries.reduce(
    (sum, { entry }) => sum + Math.max(entry.uncompressedSize, entry.compressedSize),
    0,
  );
  return total > bundleLimits.totalFileBytes ? [...problems, totalTooBig] : problems;
}

const fileTooBig = `is larger than ${bytesText(bundleLimits.fileBytes)}; split it, or keep data out of manifests`;
const totalTooBig: Problem = {
  where: 'manifests/',
  message: `all manifests together are larger than ${bytesText(bundleLimits.totalFileBytes)}; release them in parts`,
};

/** Inflates at most what the limits allow, counting what comes out; the headers' sizes are only compared with it. */
async function inflated(entry: Entry, compressed: Buffer): Promise<Buffer | string> {
  if (entry.compressionMethod === 0) return compressed;
  const byRatio = Math.max(bundleLimits.ratioFreeBytes, compressed.length * bundleLimits.compressionRatio);
  try {
    return await inflate(compressed, { maxOutputLength: Math.min(bundleLimits.fileBytes, byRatio) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code !== 'ERR_BUFFER_TOO_LARGE') {
      return `its compressed data is damaged (${message}); zip the folder afresh`;
    }
    return byRatio < bundleLimits.fileBytes
      ? `inflates to more than ${bundleLimits.compressionRatio} times its compressed size; this looks like a zip bomb`
      : fileTooBig;
  }
}

/** What does not agree between directory, local header and data. */
function disagreement(entry: Entry, bytes: Buffer): string | undefined {
  if (bytes.length !== entry.uncompressedSize) {
    return `the zip says ${entry.uncompressedSize} bytes and holds ${bytes.length}; zip the folder afresh`;
  }
  return crc32(bytes) === entry.crc32
    ? undefined
    : 'its checksum (CRC-32) does not match its data; zip the folder afresh and upload it again';
}

async function readFile(bundle: OpenBundle, { path, entry }: BundleEntry): Promise<BundleFile> {
  const problem = (message: string): BundleFile => ({ kind: 'problem', problem: { where: path, message } });
  const { ranges, zip, source } = bundle;
  if (entry.relativeOffsetOfLocalHeader + headerBytes > source.sizeBytes) return problem(truncated);
  const signature = await ranges.slice(
    entry.relativeOffsetOfLocalHeader,
    entry.relativeOffsetOfLocalHeader + headerBytes,
  );
  if (signature.readUInt32LE(0) !== 0x04034b50) return problem(truncated);
  const dataStart =
    entry.relativeOffsetOfLocalHeader + headerBytes + signature.readUInt16LE(26) + signature.readUInt16LE(28);
  if (dataStart + entry.compressedSize > source.sizeBytes) return problem(truncated);
  const header = await zip.readLocalFileHeaderPromise(entry);
  if (!header.fileName.equals(entry.fileNameRaw) || header.compressionMethod !== entry.compressionMethod) {
    return problem(
      'stands in the zip under another name or method than its directory says; zip the folder afresh',
    );
  }
  const compressed = await ranges.slice(dataStart, dataStart + entry.compressedSize);
  const bytes = await inflated(entry, compressed);
  const fault = typeof bytes === 'string' ? bytes : disagreement(entry, bytes);
  if (fault !== undefined || typeof bytes === 'string') return problem(fault ?? '');
  return { kind: 'file', path, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

const truncated = 'its data lies outside the zip; the zip is damaged or truncated: zip the folder afresh';

/** Reads files of a bundle one by one, in the zip's order, with a bounded number of range requests ahead. */
export async function* readFiles(
  bundle: OpenBundle,
  entries: readonly BundleEntry[],
): AsyncGenerator<BundleFile> {
  const runs = planRuns(entries);
  const ahead: Promise<Window>[] = [];
  let total = 0;
  for (const [index, run] of runs.entries()) {
    while (ahead.length < runsInFlight && index + ahead.length < runs.length) {
      const next = runs[index + ahead.length] as Run;
      const window = bundle.ranges.fetch(next.start, next.end);
      // A consumer that stops early awaits no more of these; the ones it awaits still throw.
      window.catch(() => {});
      ahead.push(window);
    }
    bundle.ranges.use(await (ahead.shift() as Promise<Window>));
    for (const entry of run.entries) {
      const file = await readFile(bundle, entry);
      total += file.kind === 'file' ? file.bytes.length : 0;
      if (total > bundleLimits.totalFileBytes) {
        yield { kind: 'problem', problem: totalTooBig };
        return;
      }
      yield file;
    }
  }
}
