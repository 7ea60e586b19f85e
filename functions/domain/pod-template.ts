import { findKindRule } from '#domain/kinds.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';

type GroupKind = Pick<ObjectIdentity, 'group' | 'kind'>;

/** The path of a kind's pod template, where new configuration reaches pods by it; undefined of any other kind. */
export function podTemplatePath(identity: GroupKind): readonly string[] | undefined {
  const rule = findKindRule(identity);
  return rule?.rollsOnConfig === true ? rule.podTemplate : undefined;
}

/** The path of a kind's pod spec, of a bare Pod too; undefined when it has none. */
export function podSpecPath(identity: GroupKind): readonly string[] | undefined {
  const template = findKindRule(identity)?.podTemplate;
  return template && [...template, 'spec'];
}

/** What stands at a path of maps; undefined when it leads nowhere. */
export function fieldAt(root: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (value === null || typeof value !== 'object' ? undefined : (value as Fields)[key]),
    root,
  );
}

type Fields = Readonly<Record<string, unknown>>;

/** A copy of `root` with what stands at `path` changed; the same object when the path leads nowhere. */
export function changedAt<Root>(
  root: Root,
  path: readonly string[],
  change: (value: unknown) => unknown,
): Root {
  const [key, ...rest] = path;
  if (key === undefined) return change(root) as Root;
  if (root === null || typeof root !== 'object' || (root as Fields)[key] === undefined) return root;
  return { ...root, [key]: changedAt((root as Fields)[key], rest, change) };
}
