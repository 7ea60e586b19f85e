import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, parse, resolve } from 'node:path';
import type { Metafile } from 'esbuild';
import type { FunctionModel } from '../template/application.ts';
import type { JsonObject } from '../template/document.ts';
import { type BuildRecord, isCurrent, recordInput } from './cache.ts';
import { entryPoints, esbuildOptions } from './esbuild-options.ts';

/** A function's code did not build; the message is esbuild's. */
export class FunctionBuildError extends Error {
  override readonly name = 'FunctionBuildError';
  readonly functions: readonly string[];

  constructor(functions: readonly string[], cause: unknown) {
    const [first, ...others] = functions;
    const named = others.length === 0 ? `"${first}"` : `"${first}" and ${others.length} more built with it`;
    super(`Build of ${named}: ${(cause as Error).message}`, { cause });
    this.functions = functions;
  }
}

/** Functions by logical id: the folder each one's code lies in. */
export type Artifacts = ReadonlyMap<string, string>;

/**
 * Builds every function as `sam build` would, into `<folder>/<LogicalId>/`, and answers where each lies.
 * Functions that share their build properties are built by one call of esbuild, which reads shared files once; the bytes are
 * those of separate builds. A build whose inputs have not changed is not repeated.
 */
export async function buildFunctions(
  functions: readonly FunctionModel[],
  folder: string,
): Promise<Artifacts> {
  mkdirSync(folder, { recursive: true });
  // In Lambda nothing lies above a function's folder; here a package.json further up must not make its files ES modules.
  writeFileSync(join(folder, 'package.json'), '{}\n');
  const artifacts = new Map(functions.map((model) => [model.logicalId, artifactFolder(model, folder)]));
  for (const model of functions) {
    if (model.code.kind === 'inline') writeInline(join(folder, model.logicalId), model.code.text);
  }
  await Promise.all(groups(functions).map((group) => buildGroup(group, folder)));
  return artifacts;
}

const artifactFolder = (model: FunctionModel, folder: string): string =>
  model.code.kind === 'folder' ? model.code.folder : join(folder, model.logicalId);

function writeInline(folder: string, text: string): void {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'index.js'), text);
}

/** Functions that esbuild can build in one call: same source folder, same properties but for the entry points. */
interface Group {
  readonly sourceFolder: string;
  readonly properties: JsonObject;
  readonly members: readonly { readonly logicalId: string; readonly properties: JsonObject }[];
}

function groups(functions: readonly FunctionModel[]): readonly Group[] {
  const found = new Map<string, { -readonly [K in keyof Group]: Group[K] }>();
  for (const { logicalId, code } of functions) {
    if (code.kind !== 'esbuild') continue;
    const { EntryPoints: _own, ...shared } = code.properties;
    const key = JSON.stringify([code.folder, shared]);
    const group = found.get(key) ?? { sourceFolder: code.folder, properties: shared, members: [] };
    group.members = [...group.members, { logicalId, properties: code.properties }];
    found.set(key, group);
  }
  return [...found.values()];
}

async function buildGroup(group: Group, folder: string): Promise<void> {
  const recordFile = join(folder, `.build-${groupKey(group)}.json`);
  const record = readRecord(recordFile);
  if (record && isCurrent(record)) return;
  rmSync(recordFile, { force: true });
  for (const { logicalId } of group.members)
    rmSync(join(folder, logicalId), { recursive: true, force: true });
  // Loaded only here: with nothing to build, esbuild's child process is never started.
  const { build } = await import('esbuild');
  const options = { ...esbuildOptions(group.properties), absWorkingDir: group.sourceFolder, outdir: folder };
  const built = await build({
    ...options,
    entryPoints: group.members.flatMap(({ logicalId, properties }) =>
      entryPoints(properties, group.sourceFolder).map(({ input, output }) => ({
        in: input,
        out: join(logicalId, output),
      })),
    ),
    metafile: true,
    logLevel: 'silent',
  }).catch((error: unknown) => {
    const names = group.members.map(({ logicalId }) => logicalId);
    throw new FunctionBuildError(names, error);
  });
  writeRecord(recordFile, toRecord(built.metafile, group.sourceFolder));
}

function toRecord(metafile: Metafile, sourceFolder: string): BuildRecord {
  const read = Object.keys(metafile.inputs)
    .map((input) => resolve(sourceFolder, input))
    .filter((file) => existsSync(file));
  // esbuild obeys these without listing them.
  const inputs = [...read, ...settingsFiles(sourceFolder)];
  return {
    inputs: Object.fromEntries(inputs.map((file) => [file, recordInput(file)])),
    outputs: Object.keys(metafile.outputs).map((output) => resolve(sourceFolder, output)),
  };
}

function settingsFiles(folder: string): readonly string[] {
  const here = ['package.json', 'tsconfig.json']
    .map((name) => join(folder, name))
    .filter((file) => existsSync(file));
  const isRoot = folder === parse(folder).root;
  return isRoot ? here : [...here, ...settingsFiles(dirname(folder))];
}

const esbuildVersion = (): string => createRequire(import.meta.url)('esbuild/package.json').version as string;

/** Names the group by all that decides its bytes but the inputs' content. */
function groupKey(group: Group): string {
  return createHash('sha256')
    .update(JSON.stringify([esbuildVersion(), group]))
    .digest('hex')
    .slice(0, 16);
}

function readRecord(file: string): BuildRecord | undefined {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as BuildRecord) : undefined;
}

/** Written whole or not at all: a killed build leaves no record, so the next one builds again. */
function writeRecord(file: string, record: BuildRecord): void {
  writeFileSync(`${file}.new`, JSON.stringify(record));
  renameSync(`${file}.new`, file);
}
