import { type BundleObject, checkObject } from '#domain/bundle-object.ts';
import { groupOf } from '#domain/kinds.ts';
import { identityText } from '#domain/manifest.ts';
import { readYaml } from '#domain/yaml-document.ts';
import type { YamlDocument, YamlPath } from '#domain/yaml-finding.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** What reading a manifest file comes upon. */
export type ManifestFinding =
  | { readonly kind: 'object'; readonly object: BundleObject }
  /** `object` names what it is about, where that can be told. */
  | { readonly kind: 'problem'; readonly problem: Problem; readonly object?: string }
  | { readonly kind: 'note'; readonly note: string };

interface MaybeList {
  readonly apiVersion?: unknown;
  readonly kind?: unknown;
  readonly items?: unknown;
  readonly metadata?: { readonly name?: unknown };
}

type Placed = readonly [path: YamlPath, value: unknown];

/** The objects of a document: itself, or the items of a `List`, a `ConfigMapList` and their like. */
function* objectsIn({ value }: YamlDocument): Generator<Placed> {
  yield* flattened(value, []);
}

function* flattened(value: unknown, path: YamlPath): Generator<Placed> {
  const { apiVersion, kind, items, metadata } = (value ?? {}) as MaybeList;
  const isList = typeof kind === 'string' && kind.endsWith('List') && metadata?.name === undefined;
  if (!isList || !Array.isArray(items)) {
    yield [path, value];
    return;
  }
  // Items of a typed list need not say what they are: the list does.
  const typed = kind === 'List' ? {} : { apiVersion, kind: kind.slice(0, -'List'.length) };
  for (const [index, item] of items.entries()) {
    const isMap = typeof item === 'object' && item !== null && !Array.isArray(item);
    yield* flattened(isMap ? { ...typed, ...item } : item, [...path, 'items', index]);
  }
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
        const object = subjectOf(value);
        for (const problem of checked.problems)
          yield { kind: 'problem', problem, ...(object === undefined ? {} : { object }) };
      } else yield* placed(checked);
    }
  }
}

/** `PodDisruptionBudget.policy web`, of a value that says as much. */
function subjectOf(value: unknown): string | undefined {
  const { apiVersion, kind, metadata } = (value ?? {}) as MaybeList;
  const name = metadata?.name;
  if (typeof apiVersion !== 'string' || typeof kind !== 'string' || typeof name !== 'string')
    return undefined;
  return identityText({ group: groupOf(apiVersion), kind, name });
}

function* placed(object: BundleObject): Generator<ManifestFinding> {
  const { identity, namespaced, namespace, namespaceWhere, where, isSkipped } = object;
  const subject = identityText(identity);
  if (isSkipped) {
    yield { kind: 'note', note: `${where}: ${subject} is a hook that has no turn in a release; left out` };
    return;
  }
  // The API server takes it and leaves it out, and charts are full of it.
  if (namespaced === false && namespace !== undefined)
    yield {
      kind: 'note',
      note: `${namespaceWhere}: ${subject} is cluster-scoped; its namespace is left out`,
    };
  yield { kind: 'object', object };
}
