import { existsSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const prefix = 'tidegate-control-plane-';

/** The folder of a plane, with the pid of the process that runs it in its name. */
export const makeOwnFolder = (): string => mkdtempSync(join(tmpdir(), `${prefix}${process.pid}-`));

/** Folders of planes whose process was killed before it could stop them. */
export function abandonedFolders(): string[] {
  return readdirSync(tmpdir())
    .filter((name) => name.startsWith(prefix) && !isRunning(name.slice(prefix.length).split('-')[0] ?? ''))
    .map((name) => join(tmpdir(), name));
}

/** Removes a plane's folder with all that is in it. */
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

const isRunning = (pid: string): boolean => existsSync(`/proc/${pid}`);
