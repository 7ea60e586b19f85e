import { findKindRule } from '#domain/kinds.ts';
import { identityOf, type KubernetesObject } from '#domain/manifest.ts';
import type { YamlPath } from '#domain/yaml-finding.ts';
import { valueAt } from '#domain/yaml-schema.ts';

/** A list whose items are told apart by some of their fields; `*` stands for each item of a list on the way. */
interface KeyedList {
  readonly path: readonly string[];
  readonly keys: readonly string[];
  readonly defaults?: Readonly<Record<string, string>>;
}

const tcp = { protocol: 'TCP' };
const podLists = ['containers', 'initContainers']
  .flatMap((containers): KeyedList[] => [
    { path: [containers], keys: ['name'] },
    { path: [containers, '*', 'env'], keys: ['name'] },
    { path: [containers, '*', 'ports'], keys: ['containerPort', 'protocol'], defaults: tcp },
    { path: [containers, '*', 'volumeMounts'], keys: ['mountPath'] },
  ])
  .concat([
    { path: ['volumes'], keys: ['name'] },
    { path: ['imagePullSecrets'], keys: ['name'] },
  ]);

/** The keyed lists of core kinds; those of pods stand wherever a pod does. The API server refuses duplicates with an error 500 (KUBERNETES.md A9, CL4). */
const keyedLists: Readonly<Record<string, readonly KeyedList[]>> = {
  Service: [{ path: ['spec', 'ports'], keys: ['port', 'protocol'], defaults: tcp }],
  ServiceAccount: [
    { path: ['secrets'], keys: ['name'] },
    { path: ['imagePullSecrets'], keys: ['name'] },
  ],
};

/** Two items of one list with the same key. */
export interface DuplicateItem {
  readonly path: YamlPath;
  readonly first: YamlPath;
  /** `name "PORT"`, `containerPort 80, protocol "TCP"`. */
  readonly key: string;
}

function* listsAt(object: unknown, path: readonly string[], reached: YamlPath = []): Generator<YamlPath> {
  const [step, ...rest] = path;
  if (step === undefined) yield reached;
  else if (step !== '*') yield* listsAt(object, rest, [...reached, step]);
  else {
    const items = valueAt(object, reached);
    if (!Array.isArray(items)) return;
    for (const index of items.keys()) yield* listsAt(object, rest, [...reached, index]);
  }
}

function keyOf(item: unknown, { keys, defaults }: KeyedList): string | undefined {
  if (typeof item !== 'object' || item === null) return undefined;
  const values = keys.map((key) => (item as Record<string, unknown>)[key] ?? defaults?.[key]);
  if (values.includes(undefined)) return undefined;
  return keys.map((key, index) => `${key} ${JSON.stringify(values[index])}`).join(', ');
}

function listsOf(object: KubernetesObject): readonly KeyedList[] {
  const template = findKindRule(identityOf(object))?.podTemplate;
  if (template !== undefined)
    return podLists.map((list) => ({ ...list, path: [...template, 'spec', ...list.path] }));
  return object.apiVersion === 'v1' ? (keyedLists[object.kind] ?? []) : [];
}

/** Finds list items whose keys stand twice. */
export function* duplicateItems(object: KubernetesObject): Generator<DuplicateItem> {
  for (const keyed of listsOf(object)) {
    for (const path of listsAt(object, keyed.path)) {
      const items = valueAt(object, path);
      if (!Array.isArray(items)) continue;
      const seen = new Map<string, number>();
      for (const [index, item] of items.entries()) {
        const key = keyOf(item, keyed);
        if (key === undefined) continue;
        const first = seen.get(key);
        if (first === undefined) seen.set(key, index);
        else yield { path: [...path, index], first: [...path, first], key };
      }
    }
  }
}
