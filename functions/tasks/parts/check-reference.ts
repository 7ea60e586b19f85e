import { bringerOf } from '#domain/awaited-object.ts';
import type { Cause, MissingReference } from '#domain/cause.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { Cluster } from '#ports/cluster.ts';
import { lookOnce } from './look-once.ts';

export interface ReferenceCheck {
  readonly cluster: Pick<Cluster, 'watch'>;
  readonly objects: readonly KubernetesObject[];
  readonly changes: readonly ObjectChange[];
}

/**
 * Where what is missing may be (KUBERNETES.md G3): in another namespace, under another spelling, pruned by this release;
 * and who should make it. Undefined when nothing is missing.
 */
export async function checkReference({ missing }: Cause, check: ReferenceCheck): Promise<string | undefined> {
  if (missing === undefined) return undefined;
  const found =
    pruned(missing, check) ?? brought(missing, check.objects) ?? (await lookAround(missing, check));
  return found ?? advice(missing);
}

function pruned(
  { kind, namespace, name }: MissingReference,
  { changes }: ReferenceCheck,
): string | undefined {
  const change = changes.find(
    ({ action, identity }) =>
      action === 'pruned' &&
      identity.kind === kind &&
      identity.name === name &&
      (identity.namespace ?? '') === namespace,
  );
  return change && `${kind} '${name}' is deleted by this release: its bundle no longer holds it`;
}

function brought(
  { kind, namespace, name, key }: MissingReference,
  objects: readonly KubernetesObject[],
): string | undefined {
  const bringer = bringerOf(kind, namespace, name, objects);
  if (bringer === undefined) return undefined;
  const text = identityText(identityOf(bringer));
  if (key !== undefined && bringer.kind === kind)
    return `${text} of this release has no key '${key}'; it has ${keysOf(bringer).join(', ') || 'none'}`;
  return bringer.kind === kind
    ? `${text} is of this release`
    : `${text} of this release makes it, and has not yet`;
}

function keysOf({ data, stringData, binaryData }: KubernetesObject): readonly string[] {
  return [data, stringData, binaryData].flatMap((fields) => Object.keys((fields ?? {}) as object)).sort();
}

async function lookAround(
  missing: MissingReference,
  { cluster, objects }: ReferenceCheck,
): Promise<string | undefined> {
  const { kind, namespace, name, key } = missing;
  const namespaces = new Set([namespace, ...objects.flatMap(({ metadata }) => metadata.namespace ?? [])]);
  const isClass = namespace === '';
  const apiVersion = isClass ? 'storage.k8s.io/v1' : 'v1';
  const evidence = await lookOnce(cluster, {
    namespaces: isClass ? [] : [...namespaces],
    kinds: [{ apiVersion, kind, namespaced: !isClass, optional: true }],
  });
  const all = Object.values(evidence).flat();
  const here = all.filter(({ metadata }) => (metadata.namespace ?? '') === namespace);
  const itself = here.find(({ metadata }) => metadata.name === name);
  if (itself !== undefined && key !== undefined) return wrongKey(itself, missing);
  const alike = here.find(({ metadata }) => metadata.name.toLowerCase() === name.toLowerCase());
  if (alike !== undefined && alike !== itself)
    return `${kind} '${alike.metadata.name}' exists: names differ by case`;
  const elsewhere = all.find(({ metadata }) => metadata.name === name && metadata.namespace !== namespace);
  if (elsewhere !== undefined)
    return `${kind} '${name}' exists in namespace '${elsewhere.metadata.namespace}', not in '${namespace}'`;
  const known = here.map(({ metadata }) => metadata.name).sort();
  return isClass && known.length > 0 ? `The cluster has ${known.join(', ')}` : undefined;
}

function wrongKey(object: LiveObject, { kind, name, key = '' }: MissingReference): string {
  const keys = keysOf(object);
  const alike = keys.find((each) => each.toLowerCase() === key.toLowerCase());
  return alike === undefined
    ? `${kind} '${name}' has no key '${key}'; it has ${keys.join(', ') || 'none'}`
    : `${kind} '${name}' has a key '${alike}': keys differ by case`;
}

function advice({ kind, namespace, name, key }: MissingReference): string {
  const place = namespace === '' ? '' : ` in namespace '${namespace}'`;
  const what = key === undefined ? `${kind} '${name}'` : `key '${key}' of ${kind} '${name}'`;
  return `Nothing in this release brings ${what}${place}: add it to the bundle, or have it made there first`;
}
