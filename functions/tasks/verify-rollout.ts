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
import { applyForGood } from './parts/apply-object.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { findResidue } from './parts/find-residue.ts';
import { holdFence } from './parts/hold-fence.ts';
import { inParallel, requestsInFlight } from './parts/in-parallel.ts';
import { inventoryKey, promotionFields } from './parts/plan-documents.ts';
import { surveyChanges } from './parts/survey-changes.ts';

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
    await repair(ports, input, target, content);
    const objects = await readInventory(target, intentOf(content.objects, { application, environment }));
    const inventory: Inventory = { release: content.release, content: plan.content, objects };
    const reference = await documents.put(inventoryKey(promotionFields(input), input.mode), inventory);
    // Of a rollback, or of a promotion that repairs what a dead one left.
    if (input.mode === 'forward' && plan.undoes === undefined) return { inventory: reference };
    const failed = plan.undoes && (await failedChanges(documents, plan.undoes));
    const owner = { application, environment };
    return {
      inventory: reference,
      residue: await findResidue({ cluster: target.cluster, failed, content, owner }),
    };
  };
}

async function repair(
  { clock }: VerifyRolloutPorts,
  input: VerifyRolloutInput,
  { cluster, policy }: DeploymentTarget,
  content: ReleaseContent,
): Promise<void> {
  const { application, environment } = input;
  const owner = { application, environment };
  const { changes } = await surveyChanges({ cluster, content, owner, candidates: [] });
  const differing = new Set(
    changes.filter(({ action }) => action !== 'unchanged').map(({ identity }) => identityText(identity)),
  );
  if (differing.size === 0) return;
  const intents = intentOf(content.objects, owner).filter((object) =>
    differing.has(identityText(identityOf(object))),
  );
  const fence = holdFence(cluster, policy, input, input.fence);
  for (let start = 0; start < intents.length; start += requestsInFlight) {
    await fence.check();
    await inParallel(intents.slice(start, start + requestsInFlight), (object) =>
      applyForGood(cluster, clock, object),
    );
  }
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
