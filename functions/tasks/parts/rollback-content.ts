import type { ReleaseContent } from '#domain/content.ts';
import type { ObjectAddress } from '#domain/kinds.ts';
import type { Inventory } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { TargetState } from '#ports/promotion-ledger.ts';
import type { FailedChanges } from './failed-changes.ts';
import { type KeptContent, keepDefinitions } from './keep-definitions.ts';
import { contentKey } from './plan-documents.ts';

/** What a rollback goes back to. */
export interface RollbackContent extends KeptContent {
  /** Absent where there was no good release: back to nothing. */
  readonly release?: number;
  /** Where what was good was found. */
  readonly known: readonly ObjectAddress[];
}

/** What the last good release put there (KUBERNETES.md R1, R2), but for what must not be taken back (R7). */
export async function lastGoodContent(
  cluster: Cluster,
  documents: DocumentStore,
  promotion: PromotionInput,
  state: TargetState,
): Promise<RollbackContent> {
  const inventory = await documents.get<Inventory>(state.inventory);
  const key = contentKey(promotion, 'rollback');
  return {
    ...(await keepDefinitions(cluster, documents, inventory.content, key)),
    release: state.release,
    known: inventory.objects.map(({ identity, apiVersion }) => ({ ...identity, apiVersion })),
  };
}

/** Nothing: what a first release made goes, where the environment says so (KUBERNETES.md R8). */
export async function noContent(
  documents: DocumentStore,
  promotion: PromotionInput,
  { content: failed }: FailedChanges,
): Promise<RollbackContent> {
  const { application, release, environment, bundle } = failed;
  const content: ReleaseContent = { application, release, environment, bundle, objects: [], notes: [] };
  const reference = await documents.put(contentKey(promotion, 'rollback'), content);
  return { reference, content, notes: [], known: [] };
}
