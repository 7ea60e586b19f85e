import { FieldConflictError } from '#domain/errors.ts';
import { readablePath, withoutPath } from '#domain/field-path.ts';
import { managerClass } from '#domain/manager-classes.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';

/** One field of ours that another manager owns, as the API server answers it. */
export interface FieldConflict {
  /** `.spec.replicas`, in the server's own notation. */
  readonly field: string;
  readonly manager: string;
  readonly subresource?: string;
}

/** What an environment does about fields that a person or another tool has taken: `takeover` sets them as declared. */
export type ConflictPolicy = 'takeover' | 'fail';

/** What to do about an apply that met conflicts. */
export interface ConflictResolution {
  /** The object without what is left to its owners. */
  readonly object: KubernetesObject;
  /** Left to the controllers that write them (KUBERNETES.md A2b). */
  readonly yields: readonly FieldConflict[];
  /** To be taken by force (A2a). */
  readonly takeovers: readonly FieldConflict[];
}

/**
 * Decides per field (KUBERNETES.md A2): predecessors' are taken over where the policy lets them be, controllers' are left
 * to them. Throws FieldConflictError naming every other field with its manager and subresource.
 */
export function resolveConflicts(
  object: KubernetesObject,
  conflicts: readonly FieldConflict[],
  policy: ConflictPolicy,
): ConflictResolution {
  let left: KubernetesObject = object;
  const found: Record<'yields' | 'takeovers' | 'refused', FieldConflict[]> = {
    yields: [],
    takeovers: [],
    refused: [],
  };
  for (const conflict of conflicts) {
    const action = actionOf(conflict, policy);
    const without = action === 'yields' ? withoutPath(left, conflict.field) : left;
    left = without ?? left;
    found[without === undefined ? 'refused' : action].push(conflict);
  }
  if (found.refused.length > 0 || conflicts.length === 0) throw conflictError(object, found.refused, policy);
  return { object: left, yields: found.yields, takeovers: found.takeovers };
}

function actionOf(
  { manager, subresource }: FieldConflict,
  policy: ConflictPolicy,
): 'yields' | 'takeovers' | 'refused' {
  switch (managerClass(manager, subresource)) {
    case 'controller':
      return 'yields';
    case 'own':
      return 'takeovers';
    case 'predecessor':
      return policy === 'takeover' ? 'takeovers' : 'refused';
    case 'unknown':
      return 'refused';
  }
}

function conflictError(
  object: KubernetesObject,
  refused: readonly FieldConflict[],
  policy: ConflictPolicy,
): FieldConflictError {
  const subject = identityText(identityOf(object));
  const list = refused.map((conflict) => `${conflict.field} is owned by ${ownerText(conflict)}`);
  const takeable = policy === 'fail' && refused.some(isPredecessors);
  const hint = takeable ? ", or let the environment's policy say `conflicts: takeover`" : '';
  return new FieldConflictError(
    `${subject}: ${list.join('; ')}; remove the field from the manifest, or let '${refused[0]?.manager ?? 'the other manager'}' give it up${hint}`,
    {
      object: subject,
      fields: refused.map(({ field }) => field),
      managers: refused.map(({ manager }) => manager),
      subresources: refused.map(({ subresource }) => subresource ?? ''),
    },
  );
}

function isPredecessors({ manager, subresource }: FieldConflict): boolean {
  return managerClass(manager, subresource) === 'predecessor';
}

function ownerText({ manager, subresource }: FieldConflict): string {
  return `'${manager}'${subresource === undefined ? '' : ` (subresource ${subresource})`}`;
}

/** What people read of fields that are left to their owners or taken from them, a line for each. */
export function conflictNotes(
  subject: string,
  { yields, takeovers }: Pick<ConflictResolution, 'yields' | 'takeovers'>,
): readonly string[] {
  const left = yields.map((conflict) => {
    const path = readablePath(conflict.field);
    const reason = conflict.field === '.spec.replicas' ? 'who scales it' : 'which manages it';
    return `${subject}: ${path} is left to '${conflict.manager}', ${reason}`;
  });
  const taken = takeovers
    .filter(isPredecessors)
    .map(
      (conflict) =>
        `${subject}: ${readablePath(conflict.field)} was set by ${ownerText(conflict)} and is taken over`,
    );
  return [...left, ...taken];
}
