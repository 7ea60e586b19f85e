import type { Dirent } from 'node:fs';
import { lstat, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { NameRegister } from '#domain/bundle-entry.ts';
import { bundleLimits, bytesText } from '#domain/bundle-limits.ts';
import { RefusedError } from '../cli-error.ts';

/** One file of a bundle folder. */
export interface FolderFile {
  /** Relative to the folder, with `/` on every system. */
  readonly path: string;
  readonly absolutePath: string;
  readonly sizeBytes: number;
}

/** A folder as it would be bundled. */
export interface FolderScan {
  /** Sorted by path in code unit order, which no locale changes. */
  readonly files: readonly FolderFile[];
  /** What was left out because it is never part of a release. */
  readonly leftOut: readonly string[];
}

/** How much a folder may hold: what the service refuses is found before the upload. */
export type FolderLimits = { readonly [Name in keyof typeof bundleLimits]: number };

/** Traces of tools, not content. */
const neverContent: ReadonlySet<string> = new Set(['.git', '.DS_Store', 'Thumbs.db', 'desktop.ini']);

function whatItIs(entry: Dirent): string {
  if (entry.isSymbolicLink()) return 'a symbolic link';
  if (entry.isSocket()) return 'a socket';
  if (entry.isFIFO()) return 'a named pipe';
  return 'a device';
}

async function walk(root: string, prefix: string, files: FolderFile[], leftOut: string[]): Promise<void> {
  for (const entry of await readdir(join(root, prefix), { withFileTypes: true })) {
    const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
    if (neverContent.has(entry.name)) {
      leftOut.push(path);
    } else if (entry.isDirectory()) {
      await walk(root, path, files, leftOut);
    } else if (entry.isFile()) {
      const absolutePath = join(root, path);
      files.push({ path, absolutePath, sizeBytes: (await lstat(absolutePath)).size });
    } else {
      throw new RefusedError(
        `${path} is ${whatItIs(entry)}: a bundle holds plain files and folders only; put the file itself there`,
      );
    }
  }
}

function checkNames(files: readonly FolderFile[], limits: FolderLimits): void {
  const register = new NameRegister();
  for (const { path } of files) {
    if (path.includes('\\')) {
      throw new RefusedError(
        `${path} has a backslash in its name, which other systems read as a folder: rename it`,
      );
    }
    if (path.length > limits.nameCharacters) {
      throw new RefusedError(
        `${path} is a name of more than ${limits.nameCharacters} characters: shorten it`,
      );
    }
    const problem = register.add(path);
    if (problem !== undefined) throw new RefusedError(`${path}: ${problem.message}`);
  }
}

/** Only these are read as documents; other files may be as large as the bundle. */
function isDocument(path: string): boolean {
  return path === 'tidegate.yaml' || path.startsWith('manifests/');
}

function checkLimits(files: readonly FolderFile[], limits: FolderLimits): void {
  if (files.length > limits.entries) {
    throw new RefusedError(`the folder holds ${files.length} files; a bundle may hold ${limits.entries}`);
  }
  const large = files.find(({ path, sizeBytes }) => isDocument(path) && sizeBytes > limits.fileBytes);
  if (large !== undefined) {
    throw new RefusedError(
      `${large.path} is ${bytesText(large.sizeBytes)}; a manifest may have ${bytesText(limits.fileBytes)}: split it`,
    );
  }
  const total = files.reduce((sum, file) => sum + file.sizeBytes, 0);
  if (total > limits.bundleBytes) {
    throw new RefusedError(
      `the folder holds ${bytesText(total)}; a bundle may hold ${bytesText(limits.bundleBytes)}`,
    );
  }
}

function byPath(left: FolderFile, right: FolderFile): number {
  return left.path < right.path ? -1 : left.path > right.path ? 1 : 0;
}

/** Lists what a bundle of `folder` holds. Throws RefusedError naming the file that cannot be part of one. */
export async function scanFolder(folder: string, limits: FolderLimits = bundleLimits): Promise<FolderScan> {
  const files: FolderFile[] = [];
  const leftOut: string[] = [];
  await walk(folder, '', files, leftOut);
  if (!files.some((file) => file.path === 'tidegate.yaml')) {
    throw new RefusedError(
      `${folder} has no tidegate.yaml at its top: that file says which application it is`,
    );
  }
  checkNames(files, limits);
  checkLimits(files, limits);
  return { files: files.sort(byPath), leftOut: leftOut.sort() };
}
