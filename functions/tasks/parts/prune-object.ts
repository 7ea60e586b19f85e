import type { IntentOwner } from '#domain/intent.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { judgePrune } from '#domain/prune.ts';
import type { Cluster } from '#ports/cluster.ts';
import { changeAddress } from './change-address.ts';

/** Deletes one object that the plan prunes, if every guard still lets it go (KUBERNETES.md P2); its uid is the precondition. */
export async function pruneObject(cluster: Cluster, change: ObjectChange, owner: IntentOwner): Promise<void> {
  const address = changeAddress(change);
  const live = await cluster.read(address);
  const verdict = judgePrune(change.identity, change.uid, live, owner);
  if (verdict.kind === 'prune' && live?.metadata.uid !== undefined)
    await cluster.remove(address, live.metadata.uid);
}
