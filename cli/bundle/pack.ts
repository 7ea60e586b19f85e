import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { ZipFile } from 'yazl';
import { scanFolder } from './scan-folder.ts';

/** A bundle that was written. */
export interface PackedBundle {
  readonly file: string;
  readonly files: number;
  readonly bytes: number;
  /** Hex. */
  readonly sha256: string;
  readonly leftOut: readonly string[];
}

/**
 * The zip format's first moment. DOS times have no zone and yazl writes local parts, so it is built from local
 * parts: the bytes are the same in every zone.
 */
const firstMoment = new Date(1980, 0, 1, 0, 0, 0);

const entryOptions = {
  mtime: firstMoment,
  // Without this a second time stamp in UTC is written, which would differ by zone.
  forceDosTimestamp: true,
  mode: 0o100644,
  // Stored, not deflated: deflate's output differs between zlib versions and processors, stored bytes do not.
  compress: false,
};

/** Writes `folder` as a zip to `file`: the same content gives the same bytes, on any system and at any time. */
export async function packFolder(folder: string, file: string): Promise<PackedBundle> {
  const { files, leftOut } = await scanFolder(folder);
  const zip = new ZipFile();
  const failed = once(zip, 'error').then(([error]) => {
    throw error;
  });
  for (const entry of files) zip.addFile(entry.absolutePath, entry.path, entryOptions);
  zip.end();

  const hash = createHash('sha256');
  let bytes = 0;
  async function* measured(source: AsyncIterable<Uint8Array>) {
    for await (const chunk of source) {
      hash.update(chunk);
      bytes += chunk.length;
      yield chunk;
    }
  }
  // A half-written zip never stands under the name that was asked for.
  const partial = `${file}.partial`;
  try {
    // yazl's types say less of the stream than it is.
    const output = zip.outputStream as Readable;
    await Promise.race([pipeline(output, measured, createWriteStream(partial)), failed]);
    await rename(partial, file);
  } catch (error) {
    await rm(partial, { force: true });
    throw error;
  }
  return { file, files: files.length, bytes, sha256: hash.digest('hex'), leftOut };
}
