import { membersOf } from '#domain/applyset.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { secondsAfter } from '#domain/instant.ts';
import { intentOf } from '#domain/intent.ts';
import { retainedOf } from '#domain/inventory.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, InventoryEntry, ObjectChange, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { repairAtTheEnd } from './parts/closing-repair.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { findResidue } from './parts/find-residue.ts';
import { holdFence } from './parts/hold-fence.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { inventoryKey, promotionFields } from './parts/plan-documents.ts';

export interface VerifyRolloutInput extends PromotionInput {
  readonly mode: 'forward' | 'rollback';
  readonly fence: number;
  readonly plan: PlanReference;
}

export interface VerifyRolloutResult {
  readonly inventory: DocumentReference;
  /** After a rollback: what the failed release left that is not as it was before, a line for each object. */
  readonly residue?: readonly string[];
}

export interface VerifyRolloutPorts extends TargetPorts {
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

/**
 * Reads every object again at the end, applies again what differs (a run that lost the fence may have written late), and
 * records what is in place with its uids; after a rollback it says what the failed release left. Safe to repeat.
 */
export function verifyRollout(ports: VerifyRolloutPorts) {
  return async (input: VerifyRolloutInput): Promise<VerifyRolloutResult> => {
    const { targets, documents, clock } = ports;
    const { application, environment } = input;
    const target = await findDeploymentTarget(ports, input);
    await targets.renew(
      { application, environment },
      input.fence,
      secondsAfter(clock.now(), deployLeaseSeconds),
    );
    const plan = await documents.get<Plan>(input.plan.document);
    const content = await documents.get<ReleaseContent>(plan.content);
    const promotion = promotionFields(input);
    const owner = intentOwner(promotion, target.policy);
    const hold = holdFence({ ...target, clock, promotion, fence: input.fence, mode: input.mode });
    await hold.renew();
    const { members, changes } = await repairAtTheEnd({
      ...target,
      clock,
      documents,
      hold,
      promotion,
      owner,
      plan,
      content,
    });
    const objects = inventoryOf(intentOf(content.objects, owner), changes);
    // What guards keep is still of the set (P1).
    const inPlace = [...members.map(({ address }) => address), ...objects.map(({ identity }) => identity)];
    await hold.settle(membersOf(inPlace));
    const inventory: Inventory = {
      release: content.release,
      content: plan.content,
      objects,
      ...retainedOf(plan),
    };
    const reference = await documents.put(inventoryKey(promotion, input.mode), inventory);
    // Of a rollback, or of a promotion that repairs what a dead one left.
    if (input.mode === 'forward' && plan.undoes === undefined) return { inventory: reference };
    const failed = plan.undoes && (await failedChanges(documents, plan.undoes));
    return {
      inventory: reference,
      residue: await findResidue({ ...target, failed, content, owner, earlier: changes }),
    };
  };
}

/** What is in place, in the order of the release, each as the cluster was last asked about it. */
function inventoryOf(
  intents: readonly KubernetesObject[],
  changes: readonly ObjectChange[],
): readonly InventoryEntry[] {
  const found = new Map(changes.map((change) => [identityText(change.identity), change]));
  return intents.flatMap((object) => {
    const identity = identityOf(object);
    const { uid, fingerprint } = found.get(identityText(identity)) ?? {};
    if (uid === undefined) return [];
    return [{ identity, apiVersion: object.apiVersion, uid, ...(fingerprint && { fingerprint }) }];
  });
}
