import { RandomAccessReader } from 'yauzl';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { BundleInvalidError } from '#domain/errors.ts';

/** A bundle's bytes, read in ranges: `start` inclusive, `end` exclusive. */
export interface BundleSource {
  /** The bundle's name for messages: its object key. */
  readonly name: string;
  readonly sizeBytes: number;
  read(start: number, end: number): Promise<AsyncIterable<Uint8Array>>;
}

/** A run of the bundle's bytes that is held in memory. */
export interface Window {
  readonly start: number;
  readonly bytes: Buffer;
}

/** The zip's end and, with up to about 1,500 entries, its whole directory: one request. */
const tailBytes = 256 * 1024;
const directoryStepBytes = 1024 ** 2;
const attempts = 3;

function covers({ start, bytes }: Window, from: number, length: number): boolean {
  return from >= start && from + length <= start + bytes.length;
}

/** Reads one range whole; a connection that breaks in mid-range is asked again. */
async function fetchRange(source: BundleSource, start: number, end: number): Promise<Window> {
  const bytes = Buffer.allocUnsafe(end - start);
  for (let attempt = 1; ; attempt += 1) {
    let length = 0;
    try {
      for await (const chunk of await source.read(start, end)) {
        bytes.set(chunk, length);
        length += chunk.length;
      }
      if (length === bytes.length) return { start, bytes };
      throw new Error(`bundle ${JSON.stringify(source.name)}: ${length} of ${bytes.length} bytes came`);
    } catch (error) {
      if (error instanceof BundleInvalidError || attempt === attempts) throw error;
    }
  }
}

/** Gives yauzl its bytes from few, coalesced range requests: the tail is kept, besides it one window at a time. */
export class BundleRanges extends RandomAccessReader {
  readonly #source: BundleSource;
  #tail: Window = { start: 0, bytes: Buffer.alloc(0) };
  #window: Window | undefined;
  #directoryBytes = 0;
  #isInDirectory = true;

  constructor(source: BundleSource) {
    super();
    this.#source = source;
  }

  /** Fetches the bundle's end. To be called first. */
  async open(): Promise<void> {
    const { sizeBytes } = this.#source;
    this.#tail = await fetchRange(this.#source, Math.max(0, sizeBytes - tailBytes), sizeBytes);
  }

  /** Fetches a run of the bundle, unless the tail holds it. */
  async fetch(start: number, end: number): Promise<Window> {
    const stop = Math.min(end, this.#source.sizeBytes);
    return covers(this.#tail, start, stop - start) ? this.#tail : await fetchRange(this.#source, start, stop);
  }

  /** Makes a fetched run the one that reads are served from. */
  use(window: Window): void {
    this.#isInDirectory = false;
    this.#window = window;
  }

  /** The bytes from `start` to `end`, from the windows or else by a request of their own. */
  async slice(start: number, end: number): Promise<Buffer> {
    const held = [this.#window, this.#tail].find((window) => window && covers(window, start, end - start));
    const window = held ?? (await this.fetch(start, end));
    return window.bytes.subarray(start - window.start, end - window.start);
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null, bytesRead?: number) => void,
  ): void {
    if (position < 0 || position + length > this.#source.sizeBytes) {
      callback(new Error('unexpected EOF'));
      return;
    }
    const held = [this.#window, this.#tail].find((window) => window && covers(window, position, length));
    if (held !== undefined) {
      held.bytes.copy(buffer, offset, position - held.start, position - held.start + length);
      // Not at once: yauzl reads entry by entry in its callbacks, and 10,000 of them would overflow the stack.
      setImmediate(callback, null, length);
      return;
    }
    const fetched = this.#isInDirectory
      ? this.#step(position, length).then((window) => window.bytes)
      : this.slice(position, position + length);
    fetched.then(
      (bytes) => callback(null, bytes.copy(buffer, offset, 0, length)),
      (error: Error) => callback(error),
    );
  }

  /** Reads the directory ahead, up to where the tail begins. */
  async #step(position: number, length: number): Promise<Window> {
    const end = Math.min(position + Math.max(length, directoryStepBytes), this.#source.sizeBytes);
    const step =
      position < this.#tail.start ? Math.max(position + length, Math.min(end, this.#tail.start)) : end;
    this.#directoryBytes += step - position;
    if (this.#directoryBytes > bundleLimits.directoryBytes) {
      throw new BundleInvalidError(
        `bundle ${JSON.stringify(this.#source.name)}: its list of files is larger than ${bytesText(bundleLimits.directoryBytes)}; zip fewer files with shorter names`,
      );
    }
    this.#window = await fetchRange(this.#source, position, step);
    return this.#window;
  }

  override close(callback: (error: Error | null) => void): void {
    setImmediate(callback, null);
  }
}
