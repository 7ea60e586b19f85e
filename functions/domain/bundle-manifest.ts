import { type BundleObject, checkObject } from '#domain/bundle-object.ts';
import { readYaml } from '#domain/yaml-document.ts';
import type { YamlDocument, YamlPath } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** What reading a manifest file comes upon. */
export type ManifestFinding =
  | { readonly kind: 'object'; readonly object: BundleObject }
  | { readonly kind: 'problem'; readonly problem: Problem }
  | { readonly kind: 'note'; readonly note: string };

/** The objects of a document: itself, or the items of a `List`. */
function* objectsIn({ value }: YamlDocument): Generator<readonly [path: YamlPath, value: unknown]> {
  const { kind, items } = (value ?? {}) as { kind?: unknown; items?: unknown };
  if (kind !== 'List' || !Array.isArray(items)) yield [[], value];
  else for (const [index, item] of items.entries()) yield [['items', index], item];
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

/** The text of a file, without a byte-order mark; undefined when it is not UTF-8. */
export function textOf(bytes: Uint8Array): string | undefined {
  try {
    return utf8.decode(bytes);
  } catch {
    return undefined;
  }
}

/** Reads the objects of one manifest file, one document at a time. */
export function* readManifest(file: string, bytes: Uint8Array): Generator<ManifestFinding> {
  const text = textOf(bytes);
  if (text === undefined) {
    yield { kind: 'problem', problem: { where: file, message: 'is not UTF-8 text; save it as UTF-8' } };
    return;
  }
  for (const finding of readYaml(file, text)) {
    if (finding.kind !== 'document') {
      yield finding;
      continue;
    }
    const { document } = finding;
    for (const [base, value] of objectsIn(document)) {
      const checked = checkObject(value, (path) => document.place([...base, ...path]));
      if ('problems' in checked) {
        for (const problem of checked.problems) yield { kind: 'problem', problem };
      } else yield { kind: 'object', object: checked };
    }
  }
}
