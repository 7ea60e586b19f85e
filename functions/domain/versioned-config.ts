import { createHash } from 'node:crypto';
import { canonicalJson } from '#domain/canonical-json.ts';
import { type ConfigReference, configReferences, renamedReferences } from '#domain/config-hash.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { podSpecOf } from '#domain/pod-references.ts';
import { changedAt, podSpecPath } from '#domain/pod-template.ts';

/** On a ConfigMap or Secret: each content is an object of its own, `<name>-<hash>` (KUBERNETES.md C2). */
export const versionedAnnotation = 'tidegate.dev/versioned';

const hashCharacters = 10;
const longestName = 253 - hashCharacters - 1;

/**
 * The objects with each versioned ConfigMap and Secret under a name of its content, and every reference of the release's
 * workloads led there: the pods of a release keep the configuration that they began with, and a rollback finds it.
 * An immutable one is versioned unless it says `"false"`, because it can't be changed in place (I2).
 */
export function versionConfiguration(objects: readonly KubernetesObject[]): readonly KubernetesObject[] {
  const names = new Map(objects.filter(isVersioned).map((object) => [keyOf(object), versionName(object)]));
  if (names.size === 0) return objects;
  return objects.map((object) => {
    const name = isConfiguration(object) ? names.get(keyOf(object)) : undefined;
    if (name !== undefined) return { ...object, metadata: { ...object.metadata, name } };
    const { namespace } = object.metadata;
    const rename = ({ kind, name: known }: ConfigReference): string =>
      names.get(`${kind} ${namespace ?? ''}/${known}`) ?? known;
    return withReferences(object, rename);
  });
}

function isConfiguration({ apiVersion, kind }: KubernetesObject): boolean {
  return apiVersion === 'v1' && (kind === 'ConfigMap' || kind === 'Secret');
}

/** True for a ConfigMap or Secret that has its content in its name. */
export function isVersioned(object: KubernetesObject): boolean {
  const asked = object.metadata.annotations?.[versionedAnnotation];
  return isConfiguration(object) && (asked === 'true' || (asked !== 'false' && object.immutable === true));
}

function keyOf({ kind, metadata }: KubernetesObject): string {
  return `${kind} ${metadata.namespace ?? ''}/${metadata.name}`;
}

function versionName({ kind, type, data, binaryData, stringData, metadata }: KubernetesObject): string {
  const content = canonicalJson([kind, type ?? '', data ?? {}, binaryData ?? {}, stringData ?? {}]);
  const hash = createHash('sha256').update(content).digest('hex').slice(0, hashCharacters);
  return `${metadata.name.slice(0, longestName)}-${hash}`;
}

function withReferences(
  object: KubernetesObject,
  rename: (reference: ConfigReference) => string,
): KubernetesObject {
  const path = podSpecPath(identityOf(object));
  if (path !== undefined) return changedAt(object, path, (podSpec) => renamedReferences(podSpec, rename));
  if (object.kind !== 'Ingress') return object;
  return changedAt(object, ['spec', 'tls'], (tls) =>
    Array.isArray(tls)
      ? tls.map((entry: { readonly secretName?: unknown }) =>
          typeof entry?.secretName === 'string'
            ? { ...entry, secretName: rename({ kind: 'Secret', name: entry.secretName }) }
            : entry,
        )
      : tls,
  );
}

/** The kinds of which old revisions may still be started with the configuration they name. */
export const revisionKinds = [
  { apiVersion: 'apps/v1', kind: 'ReplicaSet' },
  { apiVersion: 'apps/v1', kind: 'ControllerRevision' },
] as const;

/** The first of these revisions that refers to a ConfigMap or Secret, as `ReplicaSet web-5d4f`. */
export function referrerOf(
  { kind, namespace, name }: ObjectIdentity,
  revisions: readonly LiveObject[],
): string | undefined {
  const found = revisions.find(
    (revision) =>
      revision.metadata.namespace === namespace &&
      configReferences(revisedPodSpec(revision)).some((known) => known.kind === kind && known.name === name),
  );
  return found && `${found.kind} ${found.metadata.name}`;
}

function revisedPodSpec(revision: LiveObject): unknown {
  // A ControllerRevision holds a patch of its workload: the pod template is in it.
  return revision.kind === 'ControllerRevision' ? revision.data : podSpecOf(revision);
}
