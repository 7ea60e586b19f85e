import { createHash } from 'node:crypto';
import { readFileSync, statSync } from 'node:fs';

/** One file that a build read, as it was then. */
export interface InputRecord {
  readonly size: number;
  readonly modifiedMilliseconds: number;
  readonly sha256: string;
}

/** What a finished build depended on and made. */
export interface BuildRecord {
  /** Where the outputs lie, below a folder for each function. */
  readonly folder: string;
  readonly inputs: Readonly<Record<string, InputRecord>>;
  readonly outputs: readonly string[];
}

export function recordInput(file: string): InputRecord {
  const { size, mtimeMs } = statSync(file);
  return { size, modifiedMilliseconds: mtimeMs, sha256: digest(file) };
}

/** True when every input still has the recorded content and every output exists. A changed date alone is no change. */
export function isCurrent(record: BuildRecord): boolean {
  return (
    Object.entries(record.inputs).every(([file, input]) => isUnchanged(file, input)) &&
    record.outputs.every((file) => statSync(file, { throwIfNoEntry: false }) !== undefined)
  );
}

function isUnchanged(file: string, input: InputRecord): boolean {
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found || found.size !== input.size) return false;
  return found.mtimeMs === input.modifiedMilliseconds || digest(file) === input.sha256;
}

const digest = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');
