import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, mkdir, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { type ChecksumAlgorithm, startChecksum } from './checksum.ts';
import type { Segment } from './model.ts';

export interface WrittenBody extends Segment {
  /** Hex. */
  readonly md5: string;
  /** Base64, by algorithm asked for. */
  readonly checksums: Readonly<Partial<Record<ChecksumAlgorithm, string>>>;
  /** Hex, only when asked for. */
  readonly sha256?: string;
}

/** Objects' bytes as files in one folder; never more than one chunk of a body is in memory. */
export interface BodyStore {
  write(body: AsyncIterable<Uint8Array>, digests: BodyDigests): Promise<WrittenBody>;
  /** Bytes `start` to `end` (inclusive) over the segments. */
  read(segments: readonly Segment[], start: number, end: number): Readable;
  /** A second name for the same bytes: segments never change, so nothing is copied. */
  share(segments: readonly Segment[]): Promise<readonly Segment[]>;
  remove(segments: readonly Segment[]): Promise<void>;
}

export interface BodyDigests {
  readonly checksums: readonly ChecksumAlgorithm[];
  readonly sha256: boolean;
}

/** Keeps bodies in `folder`, which is made when the first one comes. */
export function createBodyStore(folder: string): BodyStore {
  const newFile = () => join(folder, randomUUID());
  return {
    async write(body, digests) {
      await mkdir(folder, { recursive: true });
      const file = newFile();
      const handle = await open(file, 'wx');
      const md5 = createHash('md5');
      const sha256 = digests.sha256 ? createHash('sha256') : undefined;
      const running = digests.checksums.map((algorithm) => [algorithm, startChecksum(algorithm)] as const);
      let size = 0;
      try {
        for await (const chunk of body) {
          md5.update(chunk);
          sha256?.update(chunk);
          for (const [, checksum] of running) checksum.update(chunk);
          size += chunk.length;
          await handle.writev([chunk]);
        }
      } catch (error) {
        await handle.close();
        await rm(file, { force: true });
        throw error;
      }
      await handle.close();
      return {
        file,
        size,
        md5: md5.digest('hex'),
        checksums: Object.fromEntries(running.map(([algorithm, checksum]) => [algorithm, checksum.digest()])),
        ...(sha256 ? { sha256: sha256.digest('hex') } : {}),
      };
    },
    read(segments, start, end) {
      const [only] = segments;
      if (start > end) return Readable.from([]);
      if (only && segments.length === 1) return createReadStream(only.file, { start, end });
      return Readable.from(readSegments(segments, start, end), { objectMode: false });
    },
    async share(segments) {
      return Promise.all(
        segments.map(async (segment) => {
          const file = newFile();
          await link(segment.file, file);
          return { file, size: segment.size };
        }),
      );
    },
    async remove(segments) {
      await Promise.all(segments.map((segment) => rm(segment.file, { force: true })));
    },
  };
}

async function* readSegments(
  segments: readonly Segment[],
  start: number,
  end: number,
): AsyncGenerator<Uint8Array> {
  let offset = 0;
  for (const segment of segments) {
    const from = Math.max(start - offset, 0);
    const to = Math.min(end - offset, segment.size - 1);
    offset += segment.size;
    if (from > to) continue;
    const handle = await open(segment.file, 'r');
    yield* handle.createReadStream({ start: from, end: to });
  }
}
