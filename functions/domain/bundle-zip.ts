import { type Entry, fromRandomAccessReaderPromise, type ZipFile } from 'yauzl';
import { type BundleEntry, checkEntry, NameRegister } from '#domain/bundle-entry.ts';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { BundleRanges, type BundleSource } from '#domain/bundle-ranges.ts';
import { BundleInvalidError, TidegateError } from '#domain/errors.ts';
import { type Problem, problemsText } from '#domain/yaml-problem.ts';

/** A bundle whose list of files was read and found sound. */
export interface OpenBundle {
  readonly source: BundleSource;
  readonly ranges: BundleRanges;
  readonly zip: ZipFile;
  /** Files, no folders, in the order of the zip's directory. */
  readonly entries: readonly BundleEntry[];
}

/** What the zip library says of a damaged file, in words that help. */
const damages: readonly (readonly [pattern: RegExp, text: string])[] = [
  [/comment length/i, 'has bytes after its end that are no part of the zip; zip the folder afresh'],
  [/multi-disk/, 'is one part of a split zip; zip the folder into one file'],
  [/strong encryption/, 'is encrypted; zip it without a password'],
  [/./, 'is a damaged or truncated zip; zip the folder afresh and upload it again'],
];

function invalid(source: BundleSource, text: string, cause?: unknown): BundleInvalidError {
  return new BundleInvalidError(
    `bundle ${JSON.stringify(source.name)} ${text}`,
    { bundle: source.name },
    { cause },
  );
}

async function damage(ranges: BundleRanges, source: BundleSource, error: unknown): Promise<Error> {
  // What the store answered (gone, throttled, broken connection) is no damage of the zip.
  if (!isZipFault(error)) return error as Error;
  const start = (await ranges.slice(0, Math.min(4, source.sizeBytes))).toString('latin1');
  if (/signature not found/.test(error.message)) {
    return start === 'PK\u0003\u0004'
      ? invalid(source, 'is a truncated zip: its end is missing; upload it again', error)
      : invalid(source, 'is not a zip; make it with `tidegate bundle` or any zip tool', error);
  }
  const [, text] = damages.find(([pattern]) => pattern.test(error.message)) ?? [];
  return invalid(source, `${text} (${error.message})`, error);
}

/** The zip library throws plain `Error`s without a code; what comes from the network or the store is marked otherwise. */
function isZipFault(error: unknown): error is Error {
  return (
    error instanceof Error &&
    error.constructor === Error &&
    !(error instanceof TidegateError) &&
    !('code' in error)
  );
}

async function collect(zip: ZipFile): Promise<Entry[]> {
  const entries: Entry[] = [];
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return entries;
}

/** Reads a bundle's list of files and checks each name. Throws BundleInvalidError with all that is wrong. */
export async function openBundle(source: BundleSource): Promise<OpenBundle> {
  const tooBig = source.sizeBytes > bundleLimits.bundleBytes;
  if (tooBig) throw invalid(source, `is larger than ${bytesText(bundleLimits.bundleBytes)}`);
  const ranges = new BundleRanges(source);
  await ranges.open();
  const options = { autoClose: false, decodeStrings: false, validateEntrySizes: false };
  let entries: Entry[];
  let zip: ZipFile;
  try {
    zip = await fromRandomAccessReaderPromise(ranges, source.sizeBytes, options);
    if (zip.entryCount > bundleLimits.entries) {
      throw invalid(source, `holds ${zip.entryCount} entries; at most ${bundleLimits.entries} are read`);
    }
    entries = await collect(zip);
  } catch (error) {
    throw await damage(ranges, source, error);
  }
  return { source, ranges, zip, entries: soundEntries(source, entries) };
}

function soundEntries(source: BundleSource, entries: readonly Entry[]): BundleEntry[] {
  const names = new NameRegister();
  const problems: Problem[] = [];
  const sound: BundleEntry[] = [];
  for (const entry of entries) {
    const checked = checkEntry(entry);
    const problem = 'message' in checked ? checked : names.add(checked.path);
    if (problem !== undefined) problems.push(problem);
    else if ('path' in checked && !checked.path.endsWith('/')) sound.push(checked);
  }
  if (problems.length === 0) return sound;
  throw new BundleInvalidError(problemsText(`bundle ${JSON.stringify(source.name)}`, problems), {
    bundle: source.name,
    problems: problems.length,
  });
}
