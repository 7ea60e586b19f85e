import { closeSync, fstatSync, openSync, readSync, writeSync } from 'node:fs';

/** The log of one function. Sandboxes append to it by its descriptor, so nothing is lost when one is killed. */
export interface LogFile {
  readonly descriptor: number;
  writeLine(line: string): void;
  /** Bytes written so far. */
  size(): number;
  /** The last 4 KiB written since `offset`; with several sandboxes at once these share it. */
  tail(offset: number): string;
  close(): void;
}

const tailBytes = 4096;

export function openLogFile(path: string): LogFile {
  const descriptor = openSync(path, 'a+');
  const size = (): number => fstatSync(descriptor).size;
  return {
    descriptor,
    size,
    writeLine: (line) => void writeSync(descriptor, `${line}\n`),
    tail: (offset) => {
      const end = size();
      const start = Math.max(offset, end - tailBytes);
      const buffer = Buffer.alloc(end - start);
      readSync(descriptor, buffer, 0, buffer.length, start);
      return buffer.toString('utf8');
    },
    close: () => closeSync(descriptor),
  };
}
