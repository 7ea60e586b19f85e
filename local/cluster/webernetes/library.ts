import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Library } from './types.ts';

const packageName = '@ngrok/webernetes';
/** Raised when the replacements below change, so that an older bundle is not taken for this one. */
const bundleNumber = 3;

/** What of the library is unlike Kubernetes in a way that clients see, and what it is replaced with. */
const replacements: readonly (readonly [RegExp, string])[] = [
  [/metadata\.uid \?\?= generateUid\(\)/, 'metadata.uid ??= globalThis.crypto.randomUUID()'],
  [/registryPullQPS: 5,/, 'registryPullQPS: 0,'],
  // A URL leaves its scheme's own port out, and probes of port 80 were refused for that.
  [
    /throw nodeConnectionRefusedError\(url\);\s*\}\s*const port = Number\(url\.port\);/,
    '}\n    const port = Number(url.port || (url.protocol === "https:" ? 443 : 80));',
  ],
  // Its garbage collector kills pods at once; Kubernetes' lets them have their grace.
  [
    /gracePeriodSeconds: 0,\s*propagationPolicy,\s*body: \{ \.\.\.body, gracePeriodSeconds: 0 \}/,
    'propagationPolicy, body',
  ],
];

let loading: Promise<Library> | undefined;

/**
 * Loads webernetes. Its package is written for bundlers (imports without endings), so it is bundled once with esbuild
 * into node_modules/.cache (about 250 ms) and loaded from there later (about 25 ms).
 */
export function loadWebernetes(): Promise<Library> {
  loading ??= load();
  return loading;
}

async function load(): Promise<Library> {
  const require = createRequire(import.meta.url);
  const entry = findEntry(require);
  const { version } = require(join(entry, 'package.json')) as { version: string };
  const file = join(cacheFolder(entry), `webernetes-${version}-${bundleNumber}.mjs`);
  if (!existsSync(file)) await bundle(join(entry, 'dist', 'index.js'), file);
  return (await import(pathToFileURL(file).href)) as Library;
}

function findEntry(require: NodeJS.Require): string {
  for (const folder of require.resolve.paths(packageName) ?? []) {
    const candidate = join(folder, packageName);
    if (existsSync(join(candidate, 'package.json'))) return candidate;
  }
  throw new Error(`Package "${packageName}" is not installed; run npm ci`);
}

function cacheFolder(entry: string): string {
  for (const folder of [
    join(dirname(dirname(entry)), '.cache', 'laptop-cluster'),
    join(tmpdir(), 'laptop-cluster'),
  ]) {
    try {
      mkdirSync(folder, { recursive: true });
      return folder;
    } catch {
      // A read-only installation: the next folder serves as well, only not as long.
    }
  }
  throw new Error(`No folder could be made to keep the bundle of "${packageName}" in`);
}

async function bundle(entry: string, file: string): Promise<void> {
  const { build } = await import('esbuild');
  const result = await build({
    entryPoints: [entry],
    bundle: true,
    write: false,
    format: 'esm',
    platform: 'node',
    target: 'node22',
    logLevel: 'silent',
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
  let text = result.outputFiles[0]?.text ?? '';
  for (const [pattern, replacement] of replacements) {
    if (!pattern.test(text))
      throw new Error(`Bundle of "${packageName}" has no place that matches ${pattern}`);
    text = text.replace(pattern, replacement);
  }
  // Written aside and renamed, so that two processes that start at once never read half a file.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, text);
  renameSync(draft, file);
}
