import { idleConfirmations } from '#domain/confirmed.ts';
import type { ReleaseContent } from '#domain/content.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Inventory } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import { requirePruneBudget } from '#domain/prune-budget.ts';
import { renameNotes } from '#domain/renames.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { TargetState } from '#ports/promotion-ledger.ts';
import type { Survey } from './survey-changes.ts';

export interface PlannedPruning {
  readonly policy: EnvironmentPolicy;
  readonly state: TargetState | undefined;
  readonly content: ReleaseContent;
  /** Objects of the last good release. */
  readonly recorded: number;
  readonly survey: Survey;
}

/**
 * What people should know of a plan's deletions. Throws PolicyViolationError where they are more than the environment
 * permits without a word (KUBERNETES.md P4): not in a rollback, where a person asked for what an older release held.
 */
export async function adviceOnPruning(
  { documents }: { readonly documents: DocumentStore },
  { kind }: PromotionInput,
  { policy, state, content, recorded, survey: { changes, adopted = [] } }: PlannedPruning,
): Promise<readonly string[]> {
  const { objects, confirm } = content;
  const budgeted =
    kind === 'rollback'
      ? []
      : requirePruneBudget({ changes, objects, recorded, budget: policy.pruneBudget, confirm });
  const pruned = changes.filter(({ action }) => action === 'pruned');
  const idle = idleConfirmations(
    confirm ?? {},
    pruned.map(({ identity }) => identity),
    adopted,
  );
  if (state === undefined || pruned.length === 0) return [...budgeted, ...idle];
  const inventory = await documents.get<Inventory>(state.inventory);
  const before = await documents.get<ReleaseContent>(inventory.content);
  return [...budgeted, ...idle, ...renameNotes(changes, before.objects, objects)];
}
