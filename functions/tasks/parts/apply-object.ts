import { ClusterUnavailableError, ManifestRefusedError } from '#domain/errors.ts';
import { yieldToScaler } from '#domain/field-conflict.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Clock } from '#ports/clock.ts';
import type { ApplyResult, Cluster } from '#ports/cluster.ts';

/** An apply that went through, perhaps without fields that are left to a scaler. */
export interface Applied {
  readonly kind: 'applied';
  readonly object: LiveObject;
  /** What was sent in the end. */
  readonly intent: KubernetesObject;
  readonly notes: readonly string[];
}

/** An apply that the cluster could not take up, for want of a namespace, of the kind, or of a dry run. */
export type NotApplied = Exclude<ApplyResult, { readonly kind: 'applied' | 'conflict' }>;

/** An apply, with what a scaler owns left to it (KUBERNETES.md A2b, A5). Throws FieldConflictError for other conflicts. */
export async function applyYielding(
  cluster: Cluster,
  object: KubernetesObject,
  mode: 'write' | 'dry-run',
): Promise<Applied | NotApplied> {
  const first = await cluster.apply(object, mode);
  if (first.kind !== 'conflict') return describe(first, object, []);
  const { object: intent, notes } = yieldToScaler(object, first.conflicts);
  const second = await cluster.apply(intent, mode);
  // Another owner showed up in between: that one is refused with its name.
  if (second.kind === 'conflict')
    return describe(await cluster.apply(yieldToScaler(intent, second.conflicts).object, mode), intent, notes);
  return describe(second, intent, notes);
}

function describe(
  result: ApplyResult,
  intent: KubernetesObject,
  notes: readonly string[],
): Applied | NotApplied {
  if (result.kind !== 'applied' && result.kind !== 'conflict') return result;
  const subject = identityText(identityOf(intent));
  if (result.kind === 'conflict') {
    throw new ClusterUnavailableError(`${subject}: its field owners keep changing while it is applied`, {
      fields: result.conflicts.map(({ field }) => field),
    });
  }
  const warnings = result.warnings.map((warning) => `${subject}: ${warning}`);
  return { kind: 'applied', object: result.object, intent, notes: [...notes, ...warnings] };
}

const vanishMilliseconds = 30_000;
const pollMilliseconds = 250;

/**
 * Applies an object for good. An object that is just being deleted takes the apply and is gone a moment later: its end is
 * waited for and it is created anew (KUBERNETES.md A8). Safe to repeat.
 */
export async function applyForGood(
  cluster: Cluster,
  clock: Clock,
  object: KubernetesObject,
): Promise<LiveObject> {
  const subject = identityText(identityOf(object));
  const deadline = clock.now() + vanishMilliseconds;
  for (;;) {
    const result = await applyYielding(cluster, object, 'write');
    if (result.kind === 'namespace-missing') throw namespaceMissing(subject, result.namespace);
    if (result.kind !== 'applied') {
      // One of several API servers may learn of a definition later than the others (KUBERNETES.md §3, wave 1).
      if (clock.now() >= deadline) throw kindNotServedYet(subject, object);
      await clock.sleep(pollMilliseconds);
      continue;
    }
    if (result.object.metadata.deletionTimestamp === undefined) return result.object;
    await waitUntilGone(cluster, clock, object, result.object.metadata.uid, deadline);
  }
}

async function waitUntilGone(
  cluster: Cluster,
  clock: Clock,
  object: KubernetesObject,
  uid: string | undefined,
  deadline: number,
): Promise<void> {
  for (;;) {
    const live = await cluster.read(addressOf(object));
    if (live === undefined || live.metadata.uid !== uid) return;
    if (clock.now() >= deadline) {
      const finalizers = live.metadata.finalizers ?? [];
      throw new ClusterUnavailableError(
        `${identityText(identityOf(object))}: is being deleted and does not end; its finalizers are ${finalizers.join(', ') || 'none'}`,
        { finalizers },
      );
    }
    await clock.sleep(pollMilliseconds);
  }
}

/** The error of an object whose namespace is not there. */
export function namespaceMissing(subject: string, namespace: string): ManifestRefusedError {
  return new ManifestRefusedError(
    `${subject}: namespace '${namespace}' does not exist; create it, or bring it in the bundle and list Namespace in the environment's clusterScopedKinds`,
    { namespace },
  );
}

function kindNotServedYet(subject: string, { apiVersion, kind }: KubernetesObject): ClusterUnavailableError {
  return new ClusterUnavailableError(
    `${subject}: the cluster serves no kind '${kind}' of '${apiVersion}' yet; its definition was applied`,
    { apiVersion, kind },
  );
}

/** The error of an object whose kind the cluster does not serve and the release does not define. */
export function kindMissing(subject: string, { apiVersion, kind }: KubernetesObject): ManifestRefusedError {
  return new ManifestRefusedError(
    `${subject}: the cluster serves no kind '${kind}' of '${apiVersion}'; bring its CustomResourceDefinition in the bundle, install what defines it, or mend apiVersion and kind`,
    { apiVersion, kind },
  );
}
