import { basename, extname, relative, resolve } from 'node:path';
import type { BuildOptions } from 'esbuild';
import type { Json, JsonObject } from '../template/document.ts';

/** A build property that esbuild has no flag for, or whose value has the wrong shape. */
export class BuildPropertyError extends Error {
  override readonly name = 'BuildPropertyError';
  readonly property: string;

  constructor(property: string, value: Json, expected: string) {
    super(`Build property "${property}": expected ${expected}, not ${JSON.stringify(value)}`);
    this.property = property;
  }
}

/** SAM's esbuild builder bundles for Node and, unless told otherwise, minifies to es2020 CommonJS. */
const samDefaults: BuildOptions = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'es2020',
  minify: true,
  sourcemap: false,
};

type Reader = (property: string, value: Json) => unknown;

const flag: Reader = (property, value) => {
  if (value === true || value === 'true') return true;
  if (value === false || value === 'false') return false;
  throw new BuildPropertyError(property, value, 'true or false');
};
const text: Reader = (property, value) => {
  if (typeof value === 'string' || typeof value === 'number') return String(value);
  throw new BuildPropertyError(property, value, 'a string');
};
/** A list may be written as YAML list or as esbuild's own comma-separated text. */
const list: Reader = (property, value) => {
  const items = typeof value === 'string' ? value.split(',') : value;
  if (Array.isArray(items) && items.every((item) => typeof item === 'string')) return items;
  throw new BuildPropertyError(property, value, 'a list of strings');
};
/** `['.html=text']` becomes `{'.html': 'text'}`. */
const pairs: Reader = (property, value) => {
  const entries = (list(property, value) as readonly string[]).map((item) => {
    const equals = item.indexOf('=');
    if (equals < 1) throw new BuildPropertyError(property, value, 'items like "key=value"');
    return [item.slice(0, equals), item.slice(equals + 1)] as const;
  });
  return Object.fromEntries(entries);
};
const flagOrText: Reader = (property, value) =>
  typeof value === 'boolean' ? value : boolean(text(property, value));
const boolean = (value: unknown): unknown => (value === 'true' ? true : value === 'false' ? false : value);

const readers: Readonly<Record<string, Reader>> = {
  Alias: pairs,
  Banner: pairs,
  Bundle: flag,
  Charset: text,
  Conditions: list,
  Define: pairs,
  Drop: list,
  DropLabels: list,
  External: list,
  Footer: pairs,
  Format: text,
  IgnoreAnnotations: flag,
  Inject: list,
  KeepNames: flag,
  LegalComments: text,
  Loader: pairs,
  MainFields: list,
  Minify: flag,
  MinifyIdentifiers: flag,
  MinifySyntax: flag,
  MinifyWhitespace: flag,
  OutExtension: pairs,
  Packages: text,
  Platform: text,
  PreserveSymlinks: flag,
  Pure: list,
  ResolveExtensions: list,
  SourceRoot: text,
  Sourcemap: flagOrText,
  SourcesContent: flag,
  Supported: pairs,
  Target: list,
  TreeShaking: flag,
  Tsconfig: text,
};

/** Said to SAM or to a terminal, not to the bundle. */
const withoutEffect = new Set(['EntryPoints', 'LogLevel', 'LogLimit', 'Color', 'UseNpmCi']);

/** BuildProperties as options of esbuild's API: every PascalCase key is the flag of that name. Throws `BuildPropertyError`. */
export function esbuildOptions(properties: JsonObject): BuildOptions {
  const own = Object.entries(properties)
    .filter(([property]) => !withoutEffect.has(property))
    .map(([property, value]) => {
      const read = readers[property];
      if (!read)
        throw new BuildPropertyError(property, value, 'a property with an esbuild flag of that name');
      return [optionName(property), read(property, value)] as const;
    });
  return { ...samDefaults, ...Object.fromEntries(own) };
}

const optionName = (property: string): string => `${property.slice(0, 1).toLowerCase()}${property.slice(1)}`;

/** A function's entry points with the path each is built to, without extension, relative to the function's folder. */
export function entryPoints(
  properties: JsonObject,
  folder: string,
): readonly { readonly input: string; readonly output: string }[] {
  const given = list('EntryPoints', properties.EntryPoints ?? null) as readonly string[];
  const inputs = given.map((entry) => resolve(folder, entry));
  const base = lowestCommonFolder(inputs);
  return inputs.map((input) => {
    const path = relative(base, input);
    return { input, output: path.slice(0, path.length - extname(basename(path)).length) };
  });
}

/** esbuild's own rule for where outputs go when there are several entry points. */
function lowestCommonFolder(files: readonly string[]): string {
  const [first = [], ...others] = files.map((file) => file.split('/').slice(0, -1));
  const isShared = (part: string, index: number) => others.every((parts) => parts[index] === part);
  const length = first.findIndex((part, index) => !isShared(part, index));
  return (length < 0 ? first : first.slice(0, length)).join('/');
}
