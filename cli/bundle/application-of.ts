import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { text as readText } from 'node:stream/consumers';
import { parseDocument } from 'yaml';
import { openPromise } from 'yauzl';
import { readReleaseFile, releaseFile } from '#domain/bundle-release.ts';
import { RefusedError } from '../cli-error.ts';

/** Larger than any sensible release file, small enough to hold in memory. */
const releaseFileBytes = 1024 ** 2;

function applicationIn(text: string, bundle: string): string {
  // The name decides where the bundle goes, so the file is checked against its own name; all else is checked fully.
  const document: unknown = parseDocument(text).toJS();
  const named = (document as { application?: unknown } | null)?.application;
  const { release, problems } = readReleaseFile(text, typeof named === 'string' ? named : '');
  if (release !== undefined && problems.length === 0) return release.application;
  const lines = problems.map(({ where, message }) => `  ${where}: ${message}`);
  throw new RefusedError([`${releaseFile} of ${bundle} is not valid:`, ...lines].join('\n'));
}

/** The application that a bundle folder is of. Throws RefusedError when its tidegate.yaml does not say so. */
export async function applicationOfFolder(folder: string): Promise<string> {
  const text = await readFile(join(folder, releaseFile), 'utf8').catch((error: NodeJS.ErrnoException) => {
    const reason = error.code === 'ENOENT' ? 'is missing' : `cannot be read (${error.code})`;
    throw new RefusedError(
      `${releaseFile} of ${folder} ${reason}: it says which application the bundle is of`,
    );
  });
  return applicationIn(text, folder);
}

/** The application that a bundle zip is of. Throws RefusedError for what is no zip or says no application. */
export async function applicationOfZip(file: string): Promise<string> {
  const zip = await openPromise(file).catch((error: Error) => {
    throw new RefusedError(`${file} is no zip (${error.message}): push a bundle folder or its zip`, {
      cause: error,
    });
  });
  try {
    for await (const entry of zip.eachEntry()) {
      if (entry.fileName !== releaseFile) continue;
      if (entry.uncompressedSize > releaseFileBytes)
        throw new RefusedError(`${releaseFile} of ${file} is over 1 MiB`);
      return applicationIn(await readText(await zip.openReadStreamPromise(entry)), file);
    }
  } catch (error) {
    if (error instanceof RefusedError) throw error;
    throw new RefusedError(`${file} is no sound zip: ${(error as Error).message}`, { cause: error });
  } finally {
    zip.close();
  }
  throw new RefusedError(
    `${releaseFile} of ${file} is missing at its top: it says which application the bundle is of`,
  );
}
