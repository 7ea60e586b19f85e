import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';

const usual = ['spec', 'template'] as const;

/** Where each kind of workload holds its pod template. */
const templatePaths: Readonly<Record<string, readonly string[]>> = {
  'apps/Deployment': usual,
  'apps/StatefulSet': usual,
  'apps/DaemonSet': usual,
  'apps/ReplicaSet': usual,
  '/ReplicationController': usual,
  'batch/Job': usual,
  'batch/CronJob': ['spec', 'jobTemplate', 'spec', 'template'],
};

/** The path of a kind's pod template; undefined when it has none. */
export function podTemplatePath({
  group,
  kind,
}: Pick<ObjectIdentity, 'group' | 'kind'>): readonly string[] | undefined {
  return templatePaths[`${group}/${kind}`];
}

/** The path of a kind's pod spec, of a bare Pod too; undefined when it has none. */
export function podSpecPath(identity: Pick<ObjectIdentity, 'group' | 'kind'>): readonly string[] | undefined {
  if (identity.group === '' && identity.kind === 'Pod') return ['spec'];
  const template = podTemplatePath(identity);
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

/** The pod spec of a workload or a Pod; undefined of anything else. */
export function podSpecOf(object: KubernetesObject): unknown {
  const path = podSpecPath(identityOf(object));
  return path && fieldAt(object, path);
}
