import type { ReleaseContent } from '#domain/content.ts';
import { conditionOf, type LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';

/** What people should know, before they agree to a release, of how it could be undone (KUBERNETES.md R4, R6). */
export function rollbackNotes({ objects, rollback }: ReleaseContent): readonly string[] {
  const forgetful = objects.filter(
    ({ kind, spec }) =>
      kind === 'Deployment' &&
      (spec as { readonly revisionHistoryLimit?: unknown } | undefined)?.revisionHistoryLimit === 0,
  );
  const notes = forgetful.map(
    (object) =>
      `${identityText(identityOf(object))}: revisionHistoryLimit 0 keeps no old ReplicaSet, so that a rollback has to start new pods; 2 or more is better`,
  );
  const declared =
    'release: declares `rollback: forward-only`: once it was applied, a failure stops for a person and is not rolled back';
  return rollback === 'forward-only' ? [declared, ...notes] : notes;
}

/** The Jobs of a release: what they did to data is not undone by applying manifests. */
export function jobsOf({ objects }: Pick<ReleaseContent, 'objects'>): readonly KubernetesObject[] {
  return objects.filter(({ apiVersion, kind }) => kind === 'Job' && apiVersion.startsWith('batch/'));
}

/**
 * Why a failed release is not rolled back of its own accord: it says that it cannot be, and none of its Jobs, or one that
 * has completed, stands for what cannot be undone (KUBERNETES.md R6). `jobs` are its Jobs as they are in the cluster.
 */
export function forwardOnly(
  content: Pick<ReleaseContent, 'release' | 'rollback' | 'objects'>,
  jobs: readonly LiveObject[],
): string | undefined {
  if (content.rollback !== 'forward-only') return undefined;
  const done = jobs.find(
    ({ status }) => conditionOf(status as Parameters<typeof conditionOf>[0], 'Complete')?.status === 'True',
  );
  if (jobsOf(content).length > 0 && done === undefined) return undefined;
  const what = done === undefined ? '' : ` and ${identityText(identityOf(done))} has completed`;
  return `release ${content.release} declares \`rollback: forward-only\`${what}; release a mended bundle, or ask for a rollback if the data allows it`;
}

interface DefinitionStatus {
  readonly storedVersions?: readonly string[];
}

interface DefinitionSpec {
  readonly versions?: readonly { readonly name: string }[];
}

/** The versions in which objects are stored and that an older CustomResourceDefinition does not know (KUBERNETES.md R7). */
export function versionsLost(older: KubernetesObject, live: LiveObject | undefined): readonly string[] {
  const stored = (live?.status as DefinitionStatus | undefined)?.storedVersions ?? [];
  const known = ((older.spec as DefinitionSpec | undefined)?.versions ?? []).map(({ name }) => name);
  return stored.filter((version) => !known.includes(version));
}

/** True of a CustomResourceDefinition. */
export function isDefinition({ apiVersion, kind }: KubernetesObject): boolean {
  return kind === 'CustomResourceDefinition' && apiVersion.startsWith('apiextensions.k8s.io/');
}
