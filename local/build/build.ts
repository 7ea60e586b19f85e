import { createHash, randomUUID } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
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
 * Builds every function as `sam build` would and answers where each lies below `folder`.
 * Functions that share their build properties are built by one call of esbuild, which reads shared files once; the bytes are
 * those of separate builds. A build whose inputs have not changed is not repeated. Several processes may share the folder: a
 * finished build is never changed.
 */
export async function buildFunctions(
  functions: readonly FunctionModel[],
  folder: string,
): Promise<Artifacts> {
  mkdirSync(folder, { recursive: true });
  // In Lambda nothing lies above a function's folder; here a package.json further up must not make its files ES modules.
  if (!existsSync(join(folder, 'package.json'))) writeFileSync(join(folder, 'package.json'), '{}\n');
  const built = await Promise.all(groups(functions).map((group) => buildGroup(group, folder)));
  return new Map([...functions.flatMap((model) => unbuilt(model, folder)), ...built.flat()]);
}

type Artifact = readonly [logicalId: string, folder: string];

/** Code that is used as it is written. */
function unbuilt({ logicalId, code }: FunctionModel, folder: string): readonly Artifact[] {
  switch (code.kind) {
    case 'esbuild':
      return [];
    case 'folder':
      return [[logicalId, code.folder]];
    case 'inline': {
      const own = join(folder, `inline-${createHash('sha256').update(code.text).digest('hex').slice(0, 16)}`);
      mkdirSync(own, { recursive: true });
      writeFileSync(join(own, 'index.js'), code.text);
      return [[logicalId, own]];
    }
  }
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

async function buildGroup(group: Group, folder: string): Promise<readonly Artifact[]> {
  const key = groupKey(group);
  const recordFile = join(folder, `${key}.json`);
  const record = readRecord(recordFile);
  const current =
    record && isCurrent(record) ? record : await runEsbuild(group, join(folder, `${key}-${randomUUID()}`));
  if (current !== record) {
    writeRecord(recordFile, current);
    removeOldBuilds(folder, key, current.folder);
  }
  return group.members.map(({ logicalId }) => [logicalId, join(current.folder, logicalId)]);
}

async function runEsbuild(group: Group, outdir: string): Promise<BuildRecord> {
  // Loaded only here: with nothing to build, esbuild's child process is never started.
  const { build } = await import('esbuild');
  const built = await build({
    ...esbuildOptions(group.properties),
    absWorkingDir: group.sourceFolder,
    outdir,
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
  return toRecord(built.metafile, group.sourceFolder, outdir);
}

/** A running cloud may still start sandboxes from an older build, so those of the last day stay. */
const keptMilliseconds = 86_400_000;

function removeOldBuilds(folder: string, key: string, current: string): void {
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    const isOld =
      name.startsWith(`${key}-`) &&
      path !== current &&
      statSync(path).mtimeMs < Date.now() - keptMilliseconds;
    if (isOld) rmSync(path, { recursive: true, force: true });
  }
}

function toRecord(metafile: Metafile, sourceFolder: string, folder: string): BuildRecord {
  const read = Object.keys(metafile.inputs)
    .map((input) => resolve(sourceFolder, input))
    .filter((file) => existsSync(file));
  // esbuild obeys these without listing them.
  const inputs = [...read, ...settingsFiles(sourceFolder)];
  return {
    folder,
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
  const written = `${file}.${randomUUID()}`;
  writeFileSync(written, JSON.stringify(record));
  renameSync(written, file);
}
