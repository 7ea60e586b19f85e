import type { KeptObject, ObjectChange } from '#domain/plan.ts';
import type { LabelledMember } from './labelled-members.ts';

/** The members of the application's ApplySet that these changes leave alone. */
export function keptMembers(
  members: readonly LabelledMember[],
  changes: readonly ObjectChange[],
): readonly KeptObject[] {
  const changed = new Set(changes.map(({ uid }) => uid));
  return members
    .filter(({ uid }) => !changed.has(uid))
    .map(({ address: { apiVersion: _, ...identity }, uid }) => ({ identity, uid }));
}
