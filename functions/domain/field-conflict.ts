import { FieldConflictError } from '#domain/errors.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';

/** One field of ours that another manager owns, as the API server answers it. */
export interface FieldConflict {
  /** `.spec.replicas`, in the server's own notation. */
  readonly field: string;
  readonly manager: string;
  readonly subresource?: string;
}

/** What to do about conflicts: leave the fields to their owner and apply the rest, or give up. */
export interface ConflictYield {
  readonly object: KubernetesObject;
  readonly notes: readonly string[];
}

// Only a scaler's replicas are yielded (KUBERNETES.md A2b, A5): who scales is by definition not this release.
const scalerManagers = /^(hpa|horizontal-pod-autoscaler|kube-controller-manager|keda(-operator)?|vpa.*)$/i;

/**
 * The object without the fields that a scaler owns.
 * Throws FieldConflictError naming object, path and manager when anything else is owned by somebody else (A2c).
 */
export function yieldToScaler(object: KubernetesObject, conflicts: readonly FieldConflict[]): ConflictYield {
  const subject = identityText(identityOf(object));
  const refused = conflicts.filter((conflict) => !isScaledReplicas(conflict));
  if (refused.length > 0 || conflicts.length === 0) {
    const list = refused.map(
      ({ field, manager, subresource }) =>
        `${field} is owned by '${manager}'${subresource === undefined ? '' : ` (subresource ${subresource})`}`,
    );
    throw new FieldConflictError(
      `${subject}: ${list.join('; ')}; remove the field from the manifest, or let '${refused[0]?.manager ?? 'the other manager'}' give it up`,
      {
        object: subject,
        fields: refused.map(({ field }) => field),
        managers: refused.map(({ manager }) => manager),
      },
    );
  }
  const { replicas: _, ...spec } = (object.spec ?? {}) as Record<string, unknown>;
  const owners = [...new Set(conflicts.map(({ manager }) => `'${manager}'`))].join(', ');
  return {
    object: { ...object, spec },
    notes: [`${subject}: /spec/replicas is left to ${owners}, who scales it`],
  };
}

function isScaledReplicas({ field, manager, subresource }: FieldConflict): boolean {
  return field === '.spec.replicas' && (subresource === 'scale' || scalerManagers.test(manager));
}
