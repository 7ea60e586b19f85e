import { membersOf } from '#domain/applyset.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { secondsAfter } from '#domain/instant.ts';
import { intentOf } from '#domain/intent.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, InventoryEntry, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { repairAtTheEnd } from './parts/closing-repair.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { findResidue } from './parts/find-residue.ts';
import { holdFence } from './parts/hold-fence.ts';
import { inParallel } from './parts/in-parallel.ts';
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
    const owner = intentOwner(input, target.policy);
    const hold = holdFence({ ...target, clock, promotion: input, fence: input.fence, mode: input.mode });
    await hold.renew();
    const members = await repairAtTheEnd({ ...target, clock, documents, hold, owner, plan, content });
    const objects = await readInventory(target, intentOf(content.objects, owner));
    // What guards keep is still of the set (P1).
    const inPlace = [...members.map(({ address }) => address), ...objects.map(({ identity }) => identity)];
    await hold.settle(membersOf(inPlace));
    const inventory: Inventory = { release: content.release, content: plan.content, objects };
    const reference = await documents.put(inventoryKey(promotionFields(input), input.mode), inventory);
    // Of a rollback, or of a promotion that repairs what a dead one left.
    if (input.mode === 'forward' && plan.undoes === undefined) return { inventory: reference };
    const failed = plan.undoes && (await failedChanges(documents, plan.undoes));
    return {
      inventory: reference,
      residue: await findResidue({ ...target, failed, content, owner }),
    };
  };
}

async function readInventory(
  { cluster }: DeploymentTarget,
  intents: readonly KubernetesObject[],
): Promise<readonly InventoryEntry[]> {
  return inParallel(intents, async (object) => {
    const identity = identityOf(object);
    const live = await cluster.read({ ...identity, apiVersion: object.apiVersion });
    const uid = live?.metadata.uid;
    if (uid === undefined) {
      throw new ClusterUnavailableError(
        `${identityText(identity)}: vanished while the rollout was verified`,
        {
          object: identityText(identity),
        },
      );
    }
    return { identity, apiVersion: object.apiVersion, uid };
  });
}
