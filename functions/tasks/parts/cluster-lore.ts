import { ConfigurationError } from '#domain/errors.ts';
import { definesKind, transitionMessages } from '#domain/immutable.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { type Scaler, scalerFor, scalerKinds, scalersIn } from '#domain/scaling.ts';
import { revisionKinds } from '#domain/versioned-config.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { PruneCandidate } from './prune-candidate.ts';

/** What a survey has to know of a cluster beside the release's own objects; each thing is asked for once, when needed. */
export interface ClusterLore {
  /** What scales the object: a scaler of the release, or one of its namespace that does not go (KUBERNETES.md A5). */
  scalerOf(
    identity: ObjectIdentity,
  ): Promise<{ readonly scaler?: Scaler; readonly notes: readonly string[] }>;
  /** Old revisions of a namespace's workloads, by which pods may still be started (C2). */
  revisionsIn(namespace: string | undefined): Promise<readonly LiveObject[]>;
  /** Messages of the transition rules that the definition of a custom kind has (I1). */
  transitionsOf(identity: ObjectIdentity): Promise<ReadonlySet<string>>;
}

interface Found {
  readonly objects: readonly LiveObject[];
  readonly notes: readonly string[];
}

/** Asks the cluster, and remembers for the length of one survey. */
export function createClusterLore(
  cluster: Cluster,
  intents: readonly KubernetesObject[],
  leaving: readonly PruneCandidate[],
): ClusterLore {
  const asked = new Map<string, Promise<Found>>();
  const going = new Set(leaving.map(({ address }) => identityText(address)));
  const released = scalersIn(intents);
  const revisions: Record<string, Promise<readonly LiveObject[]>> = {};

  function find(
    apiVersion: string,
    kind: string,
    namespace: string | undefined,
    purpose: string,
  ): Promise<Found> {
    const key = `${apiVersion} ${kind} ${namespace ?? ''}`;
    const known = asked.get(key);
    if (known !== undefined) return known;
    const finding = list(cluster, apiVersion, kind, namespace, purpose);
    asked.set(key, finding);
    return finding;
  }

  return {
    async scalerOf(identity) {
      const own = scalerFor(identity, released);
      if (own !== undefined) return { scaler: own, notes: [] };
      const found = await Promise.all(
        scalerKinds.map(({ apiVersion, kind }) =>
          find(apiVersion, kind, identity.namespace, 'replicas are applied as declared'),
        ),
      );
      const standing = scalersIn(found.flatMap(({ objects }) => objects)).filter(
        (scaler) => !going.has(identityText(scaler.identity)),
      );
      const scaler = scalerFor(identity, standing);
      return { ...(scaler && { scaler }), notes: found.flatMap(({ notes }) => notes) };
    },
    async revisionsIn(namespace) {
      revisions[namespace ?? ''] ??= listRevisions(cluster, namespace);
      return revisions[namespace ?? ''] ?? [];
    },
    async transitionsOf({ group, kind }) {
      const brought = intents.filter((intent) => definesKind(intent, group, kind));
      const isBuiltIn = !group.includes('.') || group.endsWith('.k8s.io');
      const standing = isBuiltIn
        ? []
        : (await find(definitions, 'CustomResourceDefinition', undefined, 'its rules are not known')).objects;
      const defining = [...brought, ...standing].filter((definition) => definesKind(definition, group, kind));
      return new Set(defining.flatMap(transitionMessages));
    },
  };
}

/** Throws where they may not be listed: without them it can't be told what may go. */
async function listRevisions(
  cluster: Cluster,
  namespace: string | undefined,
): Promise<readonly LiveObject[]> {
  const found = await Promise.all(
    revisionKinds.map(({ apiVersion, kind }) =>
      cluster.list({ apiVersion, kind, ...(namespace === undefined ? {} : { namespace }) }),
    ),
  );
  return found.flatMap((objects) => objects ?? []);
}

const definitions = 'apiextensions.k8s.io/v1';

async function list(
  cluster: Cluster,
  apiVersion: string,
  kind: string,
  namespace: string | undefined,
  purpose: string,
): Promise<Found> {
  const place = namespace === undefined ? {} : { namespace };
  try {
    return { objects: (await cluster.list({ apiVersion, kind, ...place })) ?? [], notes: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    // A role of an earlier version does not permit it: said, so that nobody relies on it.
    const where = namespace === undefined ? '' : ` in namespace '${namespace}'`;
    return { objects: [], notes: [`${kind}: may not be listed${where}; ${purpose}`] };
  }
}
