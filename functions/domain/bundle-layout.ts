import type { BundleEntry } from '#domain/bundle-entry.ts';
import { noBuilding, releaseFile } from '#domain/bundle-release.ts';
import { didYouMean } from '#domain/did-you-mean.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** What a file of a bundle is for. */
export type FileRole =
  | { readonly kind: 'release' }
  | { readonly kind: 'manifest'; readonly environment?: string }
  | { readonly kind: 'unread' }
  | { readonly kind: 'refused'; readonly message: string };

const charts = 'charts are not supported by this version; render it and put the result into manifests/';
const overlays =
  'kustomizations are not supported by this version; build it and put the result into manifests/';

/** What may, and what may not, stand beside `tidegate.yaml` and `manifests/`; the first match decides. */
const layoutRules: readonly (readonly [pattern: RegExp, role: FileRole])[] = [
  [/(^|\/)(\.DS_Store|Thumbs\.db)$|^__MACOSX\//, { kind: 'unread' }],
  [/^tidegate\.yaml$/, { kind: 'release' }],
  [/(^|\/)kustomization\.ya?ml$/i, { kind: 'refused', message: overlays }],
  [/(^|\/)Chart\.ya?ml$|^charts?\//i, { kind: 'refused', message: charts }],
  [/^(README|LICEN[CS]E|NOTICE|CHANGELOG)[^/]*$|^docs\//, { kind: 'unread' }],
  [
    /^([^/]*\.)?(Docker|Container)file([.][^/]*)?$|^(src|app|lib|build|images?)\/|^(package\.json|go\.mod|pom\.xml|requirements\.txt|Cargo\.toml|Makefile)$/i,
    { kind: 'refused', message: noBuilding },
  ],
];

const knownTopLevel = [releaseFile, 'manifests', 'docs', 'README.md', 'LICENSE'];

function manifestRole(path: string, environments: readonly string[]): FileRole {
  const segments = path.split('/');
  if (!/\.(ya?ml|json)$/.test(path)) {
    const message = 'is no manifest: only .yaml, .yml and .json stand in manifests/; move it to docs/';
    return { kind: 'refused', message };
  }
  const [, folder = ''] = segments;
  if (segments.length === 2) return { kind: 'manifest' };
  if (environments.includes(folder)) return { kind: 'manifest', environment: folder };
  const near = didYouMean(folder, environments);
  const message = `the pipeline has no environment "${folder}"${near}; it has: ${environments.join(', ')}`;
  return { kind: 'refused', message };
}

/** What a path is for, given the environments of the pipeline. */
export function roleOf(path: string, environments: readonly string[]): FileRole {
  const rule = layoutRules.find(([pattern]) => pattern.test(path));
  if (rule !== undefined) return rule[1];
  if (path.startsWith('manifests/')) return manifestRole(path, environments);
  const [top = ''] = path.split('/');
  const near = didYouMean(top, knownTopLevel);
  const advice = near === '' ? `; a bundle holds ${releaseFile}, manifests/, and may hold docs/` : near;
  return { kind: 'refused', message: `unknown entry \`${top}\`${advice}` };
}

/** A file to be read, with what it is for. */
export interface PlannedFile {
  readonly entry: BundleEntry;
  readonly role: FileRole & { readonly kind: 'release' | 'manifest' };
}

/** Sorts a bundle's files into those to read and problems; the others are never opened. */
export function planFiles(
  entries: readonly BundleEntry[],
  environments: readonly string[],
): { readonly files: readonly PlannedFile[]; readonly problems: readonly Problem[] } {
  const files: PlannedFile[] = [];
  const missing = missingReleaseFile(entries);
  // With everything one folder too deep, complaints about each entry would only hide the one that helps.
  if (missing !== undefined) return { files, problems: [missing] };
  const problems = new Map<string, Problem>();
  for (const entry of entries) {
    const role = roleOf(entry.path, environments);
    if (role.kind === 'refused') {
      const where = role.message.startsWith('unknown entry') ? topOf(entry.path) : entry.path;
      problems.set(`${where}\n${role.message}`, { where, message: role.message });
    } else if (role.kind !== 'unread') files.push({ entry, role });
  }
  return { files, problems: [...problems.values()] };
}

function topOf(path: string): string {
  const slash = path.indexOf('/');
  return slash < 0 ? path : path.slice(0, slash + 1);
}

function missingReleaseFile(entries: readonly BundleEntry[]): Problem | undefined {
  if (entries.some(({ path }) => path === releaseFile)) return undefined;
  const nested = entries.find(({ path }) => path.endsWith(`/${releaseFile}`));
  const tops = entries.map(({ path }) => topOf(path));
  const slip = tops.find((top) => /^tide-?gate\.(ya?ml|json)$/i.test(top));
  const advice =
    nested === undefined
      ? slip === undefined
        ? 'add one beside manifests/'
        : `rename ${slip} to it`
      : `${nested.path} is one folder too deep; zip the folder’s contents, not the folder`;
  return { where: releaseFile, message: `is missing: ${advice}` };
}
