import type { IntentOwner } from '#domain/intent.ts';
import type { ObjectChange } from '#domain/plan.ts';
import type { PromotionId } from '#domain/promotion.ts';
import { judgePrune } from '#domain/prune.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import { changeAddress } from './change-address.ts';
import { savedKey } from './plan-documents.ts';

export interface Pruning {
  readonly cluster: Cluster;
  readonly documents: DocumentStore;
  readonly owner: IntentOwner;
  readonly promotion: PromotionId;
}

/**
 * Deletes one object that the plan prunes, if every guard still lets it go (KUBERNETES.md P2); its uid is the
 * precondition. All of it is stored first, so that a person can put it back (P8). Safe to repeat.
 */
export async function pruneObject(
  { cluster, documents, owner, promotion }: Pruning,
  change: ObjectChange,
): Promise<void> {
  const address = changeAddress(change);
  const live = await cluster.read(address);
  const uid = live?.metadata.uid;
  if (uid === undefined || judgePrune(change, live, owner).kind !== 'prune') return;
  await documents.put(savedKey(promotion, 'pruned', uid), live);
  await cluster.remove(address, uid);
}
