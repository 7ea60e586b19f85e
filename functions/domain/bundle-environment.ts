import { bundleLimits } from '#domain/bundle-limits.ts';
import type { BundleObject, CustomKind } from '#domain/bundle-object.ts';
import { withOwnName } from '#domain/generated-name.ts';
import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import { versionConfiguration } from '#domain/versioned-config.ts';
import type { Problem } from '#domain/yaml-problem.ts';

/** The kinds that the bundle itself defines, by group and kind. */
type Definitions = ReadonlyMap<string, CustomKind>;

function definitionsIn(objects: readonly BundleObject[]): Definitions {
  const defined = objects.flatMap(({ defines }) => defines ?? []);
  return new Map(defined.map((custom) => [`${custom.group}/${custom.kind}`, custom]));
}

/** True when the policy names the kind, as `Kind` or as `Kind.group`. */
export function permitsClusterScoped(
  { clusterScopedKinds }: Pick<EnvironmentPolicy, 'clusterScopedKinds'>,
  { group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>,
): boolean {
  return clusterScopedKinds.includes(kind) || clusterScopedKinds.includes(`${kind}.${group}`);
}

/** A custom resource without a definition in the bundle has the scope that the policy says; planning asks the cluster. */
function isNamespaced(
  { identity, namespaced }: BundleObject,
  policy: EnvironmentPolicy,
  defined: Definitions,
): boolean {
  const custom = defined.get(`${identity.group}/${identity.kind}`);
  return namespaced ?? custom?.namespaced ?? !permitsClusterScoped(policy, identity);
}

function placed(object: BundleObject, policy: EnvironmentPolicy, defined: Definitions): ObjectIdentity {
  const { identity, namespace } = object;
  return isNamespaced(object, policy, defined)
    ? { ...identity, namespace: namespace ?? policy.namespace }
    : identity;
}

/** Why an object may not go into an environment, if so. */
function refusal(object: BundleObject, policy: EnvironmentPolicy, defined: Definitions): Problem | undefined {
  const { identity, namespace } = object;
  if (!isNamespaced(object, policy, defined)) {
    if (permitsClusterScoped(policy, identity)) return undefined;
    const message = `${identityText(identity)} is cluster-scoped, and environment "${policy.name}" does not permit it; remove it, or let an operator add ${identity.kind} to its clusterScopedKinds`;
    return { where: object.where, message };
  }
  const others = policy.additionalNamespaces ?? [];
  if (namespace === undefined || namespace === policy.namespace || others.includes(namespace))
    return undefined;
  const message = `${identityText(identity)} is for namespace "${namespace}", but environment "${policy.name}" deploys to "${policy.namespace}"; remove \`metadata.namespace\`, or let an operator add "${namespace}" to its additionalNamespaces`;
  return { where: object.namespaceWhere, message };
}

/** What is wrong with putting these objects into one environment. */
export function environmentProblems(
  objects: readonly BundleObject[],
  policy: EnvironmentPolicy,
): readonly Problem[] {
  if (objects.length === 0) {
    const message = `holds no objects for environment "${policy.name}"; add manifests, or keep the environment out of the pipeline`;
    return [{ where: 'manifests/', message }];
  }
  if (objects.length > bundleLimits.objects) {
    const message = `holds ${objects.length} objects for environment "${policy.name}"; at most ${bundleLimits.objects} are released at once`;
    return [{ where: 'manifests/', message }];
  }
  const defined = definitionsIn(objects);
  const seen = new Map<string, BundleObject>();
  return objects.flatMap((object) => {
    const refused = refusal(object, policy, defined);
    const text = identityText(placed(object, policy, defined));
    const first = seen.get(text);
    if (first === undefined) seen.set(text, object);
    const twice = first && {
      where: object.where,
      message: `two objects with one identity, ${identityText(object.identity)}: it stands at ${first.where} already; remove one of them`,
    };
    return [refused, twice].filter((problem) => problem !== undefined);
  });
}

function compareText(left: string, right: string): number {
  return left < right ? -1 : left > right ? 1 : 0;
}

function compareIdentity(left: ObjectIdentity, right: ObjectIdentity): number {
  return (
    compareText(left.group, right.group) ||
    compareText(left.kind, right.kind) ||
    compareText(left.namespace ?? '', right.namespace ?? '') ||
    compareText(left.name, right.name)
  );
}

/**
 * The objects of one environment: namespaces filled in, ordered by group, kind, namespace and name, versioned
 * configuration under the name of its content (KUBERNETES.md C2).
 */
export function environmentObjects(
  objects: readonly BundleObject[],
  policy: EnvironmentPolicy,
): readonly KubernetesObject[] {
  const defined = definitionsIn(objects);
  const ordered = objects
    .map((object) => ({ object, identity: placed(object, policy, defined) }))
    .toSorted((left, right) => compareIdentity(left.identity, right.identity));
  const isGenerated = objects.some(({ json }) => json.includes('"generateName"'));
  // Of everything in the environment: a Job with a generated name runs again with each release that differs.
  const seed = isGenerated ? ordered.map(({ object }) => object.json).join('\n') : '';
  const named = ordered.map(({ object: { json }, identity: { namespace } }) => {
    const object = withOwnName(JSON.parse(json) as KubernetesObject, seed + json);
    return namespace === undefined ? object : { ...object, metadata: { ...object.metadata, namespace } };
  });
  return versionConfiguration(named);
}
