import { type ApiRefusal, refusalText } from '#domain/api-refusal.ts';
import { ClusterUnavailableError, ManifestRefusedError } from '#domain/errors.ts';
import {
  type ConflictPolicy,
  conflictNotes,
  type FieldConflict,
  resolveConflicts,
} from '#domain/field-conflict.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { findRemovedApi } from '#domain/removed-apis.ts';
import type { ApplyOptions, ApplyResult, Cluster } from '#ports/cluster.ts';

/** What every apply of a promotion has in common. */
export interface Applying {
  readonly cluster: Cluster;
  /** What the environment does about fields that others have set (KUBERNETES.md A2). */
  readonly conflicts: ConflictPolicy;
  /** Hides the release's secrets in what the cluster says (D4). */
  readonly redact: (text: string) => string;
}

/** An apply that went through, perhaps without fields that are left to a controller. */
export interface Applied {
  readonly kind: 'applied';
  readonly object: LiveObject;
  /** What was sent in the end. */
  readonly intent: KubernetesObject;
  readonly yields: readonly FieldConflict[];
  readonly takeovers: readonly FieldConflict[];
  readonly notes: readonly string[];
  /** What the cluster warned of (KUBERNETES.md CL5). */
  readonly warnings: readonly string[];
}

/** An apply that the cluster could not take up, for want of a namespace, of the kind, or of a dry run. */
export type NotApplied = Extract<
  ApplyResult,
  { readonly kind: 'namespace-missing' | 'kind-missing' | 'dry-run-impossible' }
>;

export type ApplyAttempt = Applied | NotApplied | Extract<ApplyResult, { readonly kind: 'invalid' }>;

const mostAttempts = 8;

/**
 * An apply in which each conflict is decided by the rules (A2): controllers' fields are left out, predecessors' are taken
 * by force once nothing else conflicts. A forced write is bound to the version that the conflicts were seen at, so that a
 * scaler that shows up in between is never overrun (A3). Throws FieldConflictError for every other conflict.
 */
export async function applyDecided(
  applying: Applying,
  object: KubernetesObject,
  mode: 'write' | 'dry-run',
): Promise<ApplyAttempt> {
  const subject = identityText(identityOf(object));
  let intent = object;
  let options: ApplyOptions = {};
  const yields: FieldConflict[] = [];
  let takeovers: readonly FieldConflict[] = [];
  let contested: readonly FieldConflict[] = [];
  for (let attempt = 1; attempt <= mostAttempts; attempt += 1) {
    const result = await send(applying, intent, mode, options);
    if (result.kind === 'applied') {
      const warnings = result.warnings.map((warning) => applying.redact(warning));
      const notes = conflictNotes(subject, { yields, takeovers });
      return { kind: 'applied', object: result.object, intent, yields, takeovers, notes, warnings };
    }
    if (result.kind === 'changed-meanwhile') {
      options = await boundToVersion(applying.cluster, intent);
      continue;
    }
    if (result.kind !== 'conflict') return result;
    contested = result.conflicts;
    if (contested.every(({ field }) => yields.some((left) => left.field === field))) continue;
    const resolution = resolveConflicts(intent, contested, applying.conflicts);
    intent = resolution.object;
    yields.push(...resolution.yields);
    takeovers = resolution.takeovers;
    if (resolution.yields.length > 0) options = {};
    else if (mode === 'dry-run' || options.resourceVersion !== undefined)
      options = { ...options, force: true };
    else options = await boundToVersion(applying.cluster, intent);
  }
  throw new ClusterUnavailableError(`${subject}: its field owners keep changing while it is applied`, {
    fields: contested.map(({ field }) => field),
  });
}

async function boundToVersion(cluster: Cluster, object: KubernetesObject): Promise<ApplyOptions> {
  const resourceVersion = (await cluster.read(addressOf(object)))?.metadata.resourceVersion;
  return resourceVersion === undefined ? {} : { resourceVersion };
}

// A schema error of a Secret quotes the value that has the wrong type.
const quotedValue = /got &value\.\w+\{Value:[^}]*\}/g;

async function send(
  { cluster, redact }: Applying,
  object: KubernetesObject,
  mode: 'write' | 'dry-run',
  options: ApplyOptions,
): Promise<ApplyResult> {
  try {
    return await cluster.apply(object, mode, options);
  } catch (error) {
    if (!(error instanceof ManifestRefusedError)) throw error;
    const text =
      object.kind === 'Secret' ? error.message.replace(quotedValue, 'got another type') : error.message;
    throw new ManifestRefusedError(redact(text), error.facts);
  }
}

/** The error of an object that is not valid as it would be; values that may be secret are left out of it (D4). */
export function refusedError(
  { redact }: Applying,
  object: KubernetesObject,
  refusal: ApiRefusal,
  beginning = 'refused by the cluster',
): ManifestRefusedError {
  const subject = identityText(identityOf(object));
  return new ManifestRefusedError(`${subject}: ${beginning}: ${redact(refusalText(refusal, object.kind))}`, {
    object: subject,
    fields: refusal.causes.map(({ field }) => field),
  });
}

/** The error of an object whose namespace is not there. */
export function namespaceMissing(subject: string, namespace: string): ManifestRefusedError {
  return new ManifestRefusedError(
    `${subject}: namespace '${namespace}' does not exist; create it, or bring it in the bundle and list Namespace in the environment's clusterScopedKinds`,
    { namespace },
  );
}

/** The error of an object whose kind the cluster does not serve and the release does not define. */
export function kindMissing(subject: string, { apiVersion, kind }: KubernetesObject): ManifestRefusedError {
  const removed = findRemovedApi(apiVersion, kind);
  if (removed !== undefined) {
    const message = `${subject}: '${apiVersion}' is not served since Kubernetes ${removed.since}; use ${removed.instead}`;
    return new ManifestRefusedError(message, { apiVersion, kind, since: removed.since });
  }
  return new ManifestRefusedError(
    `${subject}: the cluster serves no kind '${kind}' of '${apiVersion}'; bring its CustomResourceDefinition in the bundle, install what defines it, or mend apiVersion and kind`,
    { apiVersion, kind },
  );
}
