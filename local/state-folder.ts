import { chmodSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** What a running cloud says of itself in `<state>/cloud.json`. */
export interface CloudDescription {
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly stackName: string;
  readonly apiUrls: Readonly<Record<string, string>>;
  /** Folder of `.eml` files. */
  readonly mailbox: string;
  /** Path of a kubeconfig for the cluster; empty without one. */
  readonly kubeconfig: string;
  /** Folder of the functions' log files. */
  readonly logs: string;
  readonly pid: number;
  /** ISO 8601. */
  readonly startedAt: string;
}

export class StateFolderBusyError extends Error {
  override readonly name = 'StateFolderBusyError';
  readonly folder: string;
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(
      `State folder "${folder}": a laptop cloud with process id ${pid} is running on it; stop that one first`,
    );
    this.folder = folder;
    this.pid = pid;
  }
}

export interface StateFolder {
  readonly path: string;
  /** Makes `cloud.json` appear, whole. */
  publish(description: CloudDescription): void;
  /** Removes `cloud.json` and gives the folder free. */
  release(): void;
}

/** What is of one start only; anything else in the folder is left alone. */
const transient = ['logs', 'tmp', 'objects', 'mailbox', 'kubeconfig', 'cloud.json'];

/** Takes the folder for this process and empties it. Throws `StateFolderBusyError` when another cloud is alive on it. */
export function takeStateFolder(path: string): StateFolder {
  mkdirSync(path, { recursive: true, mode: 0o700 });
  // The folder may be older than this rule: it holds the developer's secret key and what applications deploy.
  chmodSync(path, 0o700);
  const lockFile = join(path, 'cloud.pid');
  takeLock(lockFile, path);
  for (const name of transient) rmSync(join(path, name), { recursive: true, force: true });
  const file = join(path, 'cloud.json');
  return {
    path,
    publish: (description) => {
      writeFileSync(`${file}.new`, `${JSON.stringify(description, null, 2)}\n`, { mode: 0o600 });
      renameSync(`${file}.new`, file);
    },
    release: () => {
      rmSync(file, { force: true });
      rmSync(lockFile, { force: true });
    },
  };
}

function takeLock(lockFile: string, folder: string): void {
  const content = JSON.stringify({ pid: process.pid, processStart: processStart(process.pid) });
  try {
    writeFileSync(lockFile, content, { flag: 'wx' });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    const owner = readLock(lockFile);
    if (owner && isAlive(owner)) throw new StateFolderBusyError(folder, owner.pid);
    rmSync(lockFile, { force: true });
    takeLock(lockFile, folder);
  }
}

interface Owner {
  readonly pid: number;
  /** Tells this process from a later one with the same number; absent where the system does not say. */
  readonly processStart?: string;
}

function readLock(lockFile: string): Owner | undefined {
  try {
    return JSON.parse(readFileSync(lockFile, 'utf8')) as Owner;
  } catch {
    // Gone meanwhile, or left half written by a crash.
    return undefined;
  }
}

function isAlive(owner: Owner): boolean {
  try {
    process.kill(owner.pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return owner.processStart === undefined || owner.processStart === processStart(owner.pid);
}

/** When a process started, in the kernel's clock ticks since boot (field 22 of its stat line). */
function processStart(pid: number): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.split(' ')[19];
  } catch {
    return undefined;
  }
}
