import { environmentObjects, environmentProblems } from '#domain/bundle-environment.ts';
import { readManifest } from '#domain/bundle-manifest.ts';
import type { BundleObject } from '#domain/bundle-object.ts';
import { findKindRule, groupOf } from '#domain/kinds.ts';
import { identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Cluster } from '#ports/cluster.ts';

/** An object that the engine does not take, and why. */
export interface Refusal {
  readonly object: string;
  readonly why: string;
}

/** The objects of a file as an environment that permits everything in it would have them. */
export interface CorpusObjects {
  /** How many the file holds, those that are refused among them. */
  readonly count: number;
  readonly objects: readonly KubernetesObject[];
  readonly policy: CorpusPolicy;
  readonly refused: readonly Refusal[];
  readonly notes: readonly string[];
}

/** The part of an environment's policy that depends on what a file holds. */
export interface CorpusPolicy {
  readonly clusterScopedKinds: string[];
  readonly additionalNamespaces?: string[];
}

/** Reads a manifest file through the engine's own checks; what they refuse is left out and told. */
export async function corpusObjects(
  file: string,
  bytes: Uint8Array,
  cluster: Cluster,
  namespace: string,
): Promise<CorpusObjects> {
  const findings = [...readManifest(file, bytes)];
  const found = findings.flatMap((finding) => (finding.kind === 'object' ? [finding.object] : []));
  const problems = findings.flatMap((finding) =>
    finding.kind === 'problem'
      ? [{ object: finding.object ?? finding.problem.where, why: finding.problem.message }]
      : [],
  );
  const notes = findings.flatMap((finding) => (finding.kind === 'note' ? [finding.note] : []));
  const policy = await permissive(found, cluster, namespace);
  const environment = { name: 'corpus', namespace, ...policy } as EnvironmentPolicy;
  const misplaced = environmentProblems(found, environment).filter(({ where }) => where !== 'manifests/');
  const refusedPlaces = new Set(misplaced.map(({ where }) => where));
  const kept = found.filter(
    ({ where, namespaceWhere }) => !refusedPlaces.has(where) && !refusedPlaces.has(namespaceWhere),
  );
  // Several things may be wrong with one object: it is counted once.
  const refused = [
    ...problems,
    ...misplaced.map(({ where, message }) => ({ object: nameAt(found, where), why: message })),
  ];
  return {
    count: found.length + new Set(problems.map(({ object }) => object)).size,
    objects: environmentObjects(kept, environment),
    policy,
    refused,
    notes,
  };
}

function nameAt(objects: readonly BundleObject[], where: string): string {
  const named = objects.find((object) => object.where === where || object.namespaceWhere === where);
  return named === undefined ? where : identityText(named.identity);
}

/** Every namespace that objects name and every kind that is cluster-scoped: here, by its definition, or in the cluster. */
async function permissive(
  objects: readonly BundleObject[],
  cluster: Cluster,
  namespace: string,
): Promise<CorpusPolicy> {
  const kinds = new Set<string>();
  const defined = objects.flatMap(({ defines }) => defines ?? []);
  for (const custom of defined) if (!custom.namespaced) kinds.add(`${custom.kind}.${custom.group}`);
  const asked = new Map<string, boolean>();
  for (const { identity, namespaced, json } of objects) {
    if (namespaced === false) kinds.add(identity.kind);
    if (findKindRule(identity) !== undefined) continue;
    const { apiVersion } = JSON.parse(json) as KubernetesObject;
    const key = `${identity.kind}.${groupOf(apiVersion)}`;
    if (!asked.has(key))
      asked.set(key, (await cluster.resourceOf(apiVersion, identity.kind))?.namespaced ?? true);
    if (asked.get(key) === false) kinds.add(key);
  }
  const others = new Set(
    objects.flatMap((object) => (object.namespaced === false ? [] : (object.namespace ?? []))),
  );
  others.delete(namespace);
  return {
    clusterScopedKinds: [...kinds].sort(),
    ...(others.size === 0 ? {} : { additionalNamespaces: [...others].sort() }),
  };
}
