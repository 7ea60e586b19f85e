import { ManifestRefusedError, PolicyViolationError } from '#domain/errors.ts';
import { findKindRule } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from './in-parallel.ts';

/**
 * Makes sure that custom resources have the scope that the cluster gives their kind: a bundle is read without the
 * cluster, which alone knows the definitions that it holds. Throws PolicyViolationError for a cluster-scoped kind that the
 * environment does not permit, and ManifestRefusedError for a namespaced one that it takes for cluster-scoped.
 */
export async function requireScopes(cluster: Cluster, intents: readonly KubernetesObject[]): Promise<void> {
  const custom = intents.filter((intent) => findKindRule(identityOf(intent)) === undefined);
  const kinds = new Map(custom.map((intent) => [`${intent.apiVersion} ${intent.kind}`, intent]));
  await inParallel([...kinds.values()], async (intent) => {
    const served = await cluster.resourceOf(intent.apiVersion, intent.kind);
    if (served === undefined) return;
    const { apiVersion, kind } = intent;
    const wrong = custom.find(
      (each) =>
        each.apiVersion === apiVersion &&
        each.kind === kind &&
        (each.metadata.namespace !== undefined) !== served.namespaced,
    );
    if (wrong !== undefined) throw scopeError(wrong, served.namespaced);
  });
}

function scopeError(object: KubernetesObject, namespaced: boolean): Error {
  const subject = identityText(identityOf(object));
  const { kind } = object;
  const facts = { object: subject };
  return namespaced
    ? new ManifestRefusedError(
        `${subject}: is namespaced in this cluster; let an operator take '${kind}' out of the environment's clusterScopedKinds, or write it there with the group that is meant`,
        facts,
      )
    : new PolicyViolationError(
        `${subject}: is cluster-scoped, and the environment does not permit it; remove it, or let an operator add ${kind} to its clusterScopedKinds`,
        facts,
      );
}
