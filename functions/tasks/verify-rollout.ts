import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { secondsAfter } from '#domain/instant.ts';
import { intentOf } from '#domain/intent.ts';
import { retainedOf } from '#domain/inventory.ts';
import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, InventoryEntry, ObjectChange, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { applyChange } from './parts/apply-change.ts';
import { carryingOut } from './parts/carrying-out.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { failedChanges } from './parts/failed-changes.ts';
import { findResidue } from './parts/find-residue.ts';
import { holdFence } from './parts/hold-fence.ts';
import { inParallel, requestsInFlight } from './parts/in-parallel.ts';
import { snapshotOf } from './parts/live-snapshot.ts';
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
    const found = await repair(ports, input, target, content, plan);
    const intents = intentOf(content.objects, { application, environment });
    const objects = await readInventory(target, intents, found);
    const inventory: Inventory = {
      release: content.release,
      content: plan.content,
      objects,
      ...retainedOf(plan),
    };
    const reference = await documents.put(inventoryKey(promotionFields(input), input.mode), inventory);
    // Of a rollback, or of a promotion that repairs what a dead one left.
    if (input.mode === 'forward' && plan.undoes === undefined) return { inventory: reference };
    const failed = plan.undoes && (await failedChanges(documents, plan.undoes));
    const owner = { application, environment };
    return {
      inventory: reference,
      residue: await findResidue({ ...target, failed, content, owner, earlier: found }),
    };
  };
}

/** Answers what was found before the repair. */
async function repair(
  ports: VerifyRolloutPorts,
  input: VerifyRolloutInput,
  target: DeploymentTarget,
  content: ReleaseContent,
  plan: Plan,
): Promise<readonly ObjectChange[]> {
  const { application, environment } = input;
  const { cluster, policy } = target;
  const owner = { application, environment };
  const earlier = plan.changes;
  const { changes } = await surveyChanges({ cluster, content, owner, policy, candidates: [], earlier });
  const differing = new Map(
    changes
      .filter(({ action }) => action !== 'unchanged')
      // To delete and create anew is for people to approve, in a plan of its own.
      .map((change) => [identityText(change.identity), withoutReplacement(change)]),
  );
  if (differing.size === 0) return changes;
  const intents = intentOf(content.objects, owner).filter((object) =>
    differing.has(identityText(identityOf(object))),
  );
  const fence = holdFence(cluster, policy, input, input.fence);
  const carrying = carryingOut(ports, target, promotionFields(input), content);
  for (let start = 0; start < intents.length; start += requestsInFlight) {
    await fence.check();
    await inParallel(intents.slice(start, start + requestsInFlight), (object) =>
      applyChange(carrying, object, differing.get(identityText(identityOf(object)))),
    );
  }
  return changes;
}

function withoutReplacement({ apply, ...change }: ObjectChange): ObjectChange {
  const { replacement: _, ...directives } = apply ?? {};
  return { ...change, apply: directives };
}

async function readInventory(
  { cluster }: Pick<DeploymentTarget, 'cluster'>,
  intents: readonly KubernetesObject[],
  found: readonly ObjectChange[],
): Promise<readonly InventoryEntry[]> {
  const unchanged = new Map(
    found
      .filter(({ action }) => action === 'unchanged')
      .map((change) => [identityText(change.identity), change]),
  );
  const others = intents.filter((object) => !unchanged.has(identityText(identityOf(object))));
  const snapshot = await snapshotOf(cluster, others.map(addressOf));
  return intents.map((object) => {
    const identity = identityOf(object);
    const known = unchanged.get(identityText(identity));
    const uid = known?.uid ?? snapshot(addressOf(object))?.metadata.uid;
    if (uid === undefined) {
      throw new ClusterUnavailableError(
        `${identityText(identity)}: vanished while the rollout was verified`,
        {
          object: identityText(identity),
        },
      );
    }
    // Only what the cluster was asked about is proved to be as it should.
    const proof = known?.fingerprint === undefined ? {} : { fingerprint: known.fingerprint };
    return { identity, apiVersion: object.apiVersion, uid, ...proof };
  });
}
