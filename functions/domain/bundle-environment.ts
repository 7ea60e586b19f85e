import { bundleLimits } from '#domain/bundle-limits.ts';
import type { BundleObject } from '#domain/bundle-object.ts';
import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import { versionConfiguration } from '#domain/versioned-config.ts';
import type { Problem } from '#domain/yaml-problem.ts';

function placed({ identity, namespaced }: BundleObject, policy: EnvironmentPolicy): ObjectIdentity {
  return namespaced ? { ...identity, namespace: policy.namespace } : identity;
}

/** Why an object may not go into an environment, if so. */
function refusal(object: BundleObject, policy: EnvironmentPolicy): Problem | undefined {
  const { identity, namespaced, namespace } = object;
  if (!namespaced && !policy.clusterScopedKinds.includes(identity.kind)) {
    const message = `${identityText(identity)} is cluster-scoped, and environment "${policy.name}" does not permit it; remove it, or let an operator add ${identity.kind} to its clusterScopedKinds`;
    return { where: object.where, message };
  }
  if (!namespaced && namespace !== undefined) {
    const message = `${identityText(identity)} is cluster-scoped: remove \`metadata.namespace\``;
    return { where: object.namespaceWhere, message };
  }
  if (namespaced && namespace !== undefined && namespace !== policy.namespace) {
    const message = `${identityText(identity)} is for namespace "${namespace}", but environment "${policy.name}" deploys to "${policy.namespace}"; remove \`metadata.namespace\``;
    return { where: object.namespaceWhere, message };
  }
  return undefined;
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
  const seen = new Map<string, BundleObject>();
  return objects.flatMap((object) => {
    const refused = refusal(object, policy);
    const text = identityText(placed(object, policy));
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
  const ordered = objects.toSorted((left, right) =>
    compareIdentity(placed(left, policy), placed(right, policy)),
  );
  const placedObjects = ordered.map(({ json, namespaced }) => {
    const object = JSON.parse(json) as KubernetesObject;
    if (!namespaced) return object;
    return { ...object, metadata: { ...object.metadata, namespace: policy.namespace } };
  });
  return versionConfiguration(placedObjects);
}
