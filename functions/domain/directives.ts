import { wholeNumber } from '#domain/hooks.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';

// What users say of the order of their objects, in our annotations and in those of the common tools (KUBERNETES.md O4).

const waveAnnotation = 'tidegate.dev/wave';
const dependsOnAnnotation = 'tidegate.dev/depends-on';
const peersDependsOn = 'config.kubernetes.io/depends-on';

/** The user's own wave, 0 unless an annotation says otherwise: lower ones are healthy before higher ones begin. */
export function userWave({ metadata }: KubernetesObject): number {
  const annotations = metadata.annotations ?? {};
  return wholeNumber(annotations[waveAnnotation] ?? annotations['argocd.argoproj.io/sync-wave']) ?? 0;
}

/** Another object that this one names as to be there first. */
export interface NamedDependency {
  readonly on: ObjectIdentity;
  /** True when ours names it: then it must be in the bundle. */
  readonly isRequired: boolean;
}

/** What an object's annotations name as to be healthy before it. */
export function namedDependencies(object: KubernetesObject): readonly NamedDependency[] {
  const annotations = object.metadata.annotations ?? {};
  return ([dependsOnAnnotation, peersDependsOn] as const).flatMap((annotation) =>
    references(annotations[annotation]).flatMap((text) => {
      const on = parseReference(text, object);
      return on === undefined ? [] : [{ on, isRequired: annotation === dependsOnAnnotation }];
    }),
  );
}

function references(text: string | undefined): readonly string[] {
  return (text ?? '').split(',').flatMap((reference) => reference.trim() || []);
}

/**
 * `Deployment.apps/db` in the object's own namespace, or as cli-utils write it: `apps/namespaces/shop/Deployment/db`,
 * `rbac.authorization.k8s.io/ClusterRole/reader`, with an empty group for core kinds.
 */
function parseReference(text: string, { metadata }: KubernetesObject): ObjectIdentity | undefined {
  const parts = text.split('/');
  const [first = '', second = '', third = '', fourth = '', fifth = ''] = parts;
  if (parts.length === 5 && second === 'namespaces' && fourth !== '' && fifth !== '')
    return { group: first, kind: fourth, namespace: third, name: fifth };
  if (parts.length === 3 && second !== '' && third !== '') return { group: first, kind: second, name: third };
  const dot = first.indexOf('.');
  if (parts.length !== 2 || first === '' || second === '') return undefined;
  return {
    group: dot < 0 ? '' : first.slice(dot + 1),
    kind: dot < 0 ? first : first.slice(0, dot),
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: second,
  };
}

/** A rule of kapp: this object before or after all objects of a group. */
export interface GroupRule {
  readonly side: 'before' | 'after';
  readonly group: string;
}

/** The rules of kapp that an object carries, as far as they are about what is applied. */
export function groupRules({ metadata }: KubernetesObject): readonly GroupRule[] {
  return suffixed(metadata.annotations, 'kapp.k14s.io/change-rule').flatMap((text) => {
    const match = /^upsert (before|after) upserting (\S+)$/.exec(text.trim());
    return match === null ? [] : [{ side: match[1] as GroupRule['side'], group: match[2] ?? '' }];
  });
}

/** The groups of kapp that an object is in. */
export function changeGroups({ metadata }: KubernetesObject): readonly string[] {
  return suffixed(metadata.annotations, 'kapp.k14s.io/change-group').map((text) => text.trim());
}

function suffixed(annotations: Readonly<Record<string, string>> | undefined, key: string): readonly string[] {
  return Object.entries(annotations ?? {})
    .filter(([name]) => name === key || name.startsWith(`${key}.`))
    .map(([, text]) => String(text));
}

/** What is wrong with our own annotations of an object, if anything is; those of other tools are theirs to judge. */
export function directiveProblem(
  object: KubernetesObject,
): { readonly annotation: string; readonly message: string } | undefined {
  const annotations = object.metadata.annotations ?? {};
  const wave = annotations[waveAnnotation];
  if (typeof wave === 'string' && wholeNumber(wave) === undefined) {
    const message = `annotation \`${waveAnnotation}\` must be a whole number, is ${JSON.stringify(wave)}`;
    return { annotation: waveAnnotation, message };
  }
  const named = annotations[dependsOnAnnotation];
  const bad = references(typeof named === 'string' ? named : '').find(
    (text) => parseReference(text, object) === undefined,
  );
  if (bad === undefined) return undefined;
  const message = `annotation \`${dependsOnAnnotation}\` must name objects as \`Kind/name\`, \`Kind.group/name\` or \`group/namespaces/namespace/Kind/name\`, holds ${JSON.stringify(bad)}`;
  return { annotation: dependsOnAnnotation, message };
}

/** What to say of an annotation of ours that names what the release does not hold. */
export function missingDependency(object: KubernetesObject, on: ObjectIdentity): string {
  return `${identityText(identityOf(object))}: its annotation \`${dependsOnAnnotation}\` names ${identityText(on)}, which the release does not hold in this environment; add it, or take it out of the annotation`;
}
