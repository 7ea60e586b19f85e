import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { type IntentOwner, intentOf } from '#domain/intent.ts';
import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText } from '#domain/manifest.ts';
import { comparePruneOrder } from '#domain/order.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import { applyChange } from './apply-change.ts';
import { carryingOut } from './carrying-out.ts';
import type { DeploymentTarget } from './deployment-target.ts';
import { fencedCluster } from './fenced-cluster.ts';
import type { FenceHold } from './hold-fence.ts';
import { inParallel, requestsInFlight } from './in-parallel.ts';
import { type LabelledMember, labelledMembers } from './labelled-members.ts';
import { pruneObject } from './prune-object.ts';
import { surveyChanges } from './survey-changes.ts';

export interface ClosingRepair extends Pick<DeploymentTarget, 'cluster' | 'policy'> {
  readonly clock: Clock;
  readonly documents: DocumentStore;
  readonly hold: FenceHold;
  readonly promotion: PromotionInput;
  readonly owner: IntentOwner;
  readonly plan: Plan;
  readonly content: ReleaseContent;
}

/** A reading of everything that the release put on its target. */
export interface ClosingReading {
  /** In place. */
  readonly members: readonly LabelledMember[];
  /** What applying the release again would change: nothing, but what is done with. */
  readonly changes: readonly ObjectChange[];
}

// A run that was overtaken gets at most what it had in flight through, so that one round puts it right.
const mostRounds = 3;

/**
 * Reads every object again and puts right what is not as the plan left it, until a reading finds nothing: a run that lost
 * the fence may have written late (DESIGN §4). It may also have made what the release does not hold, or made again what
 * was pruned. Throws ClusterUnavailableError when somebody keeps changing them.
 */
export async function repairAtTheEnd(request: ClosingRepair): Promise<ClosingReading> {
  let earlier = request.plan.changes;
  for (let round = 1; ; round += 1) {
    const reading = await readAgain(request, earlier);
    const wrong = reading.changes.filter((change) => !isInOrder(change));
    if (wrong.length === 0) return reading;
    const names = wrong.map(({ identity }) => identityText(identity));
    if (round > mostRounds) {
      throw new ClusterUnavailableError(
        `rollout: put right ${mostRounds} times and still not as planned, somebody keeps changing ${names.slice(0, 5).join(', ')}`,
        { objects: names.slice(0, 20) },
      );
    }
    await putRight(request, wrong);
    earlier = reading.changes;
  }
}

/** A Job that is gone has run: it was healthy before this, and takes itself away (`ttlSecondsAfterFinished`). */
function isInOrder({ action, identity }: ObjectChange): boolean {
  return action === 'unchanged' || (action === 'created' && identity.kind === 'Job');
}

async function readAgain(
  { cluster, policy, owner, plan, content }: ClosingRepair,
  earlier: readonly ObjectChange[],
): Promise<ClosingReading> {
  const members = await labelledMembers(cluster, owner, content.objects.map(addressOf));
  const candidates = late(members, plan);
  const { changes } = await surveyChanges({ cluster, policy, content, owner, candidates, earlier });
  return { members, changes };
}

/** What came after the plan was confirmed; before the first good state nothing is deleted (R8). */
function late(members: readonly LabelledMember[], plan: Plan): readonly LabelledMember[] {
  if (plan.replacesRelease === undefined) return [];
  const kept = new Set(plan.kept?.map(({ uid }) => uid));
  return members.filter(({ uid }) => !kept.has(uid));
}

async function putRight(request: ClosingRepair, wrong: readonly ObjectChange[]): Promise<void> {
  const { clock, hold, owner, content, documents, policy, promotion } = request;
  const cluster = fencedCluster(request.cluster, clock, hold);
  const named = new Map(wrong.map((change) => [identityText(change.identity), withoutReplacement(change)]));
  const intents = intentOf(content.objects, owner).filter((object) =>
    named.has(identityText(identityOf(object))),
  );
  const carrying = carryingOut({ documents, clock }, { cluster, policy }, promotion, content);
  await inBatches(hold, intents, (object) =>
    applyChange(carrying, object, named.get(identityText(identityOf(object)))),
  );
  const extra = wrong
    .filter(({ action }) => action === 'pruned')
    .toSorted((a, b) => comparePruneOrder(a.identity, b.identity));
  const pruning = { cluster, documents, owner, promotion };
  await inBatches(hold, extra, (change) => pruneObject(pruning, change));
}

/** To delete and create anew is for people to approve, in a plan of its own. */
function withoutReplacement({ apply, ...change }: ObjectChange): ObjectChange {
  const { replacement: _, ...directives } = apply ?? {};
  return { ...change, apply: directives };
}

async function inBatches<Item>(
  hold: FenceHold,
  items: readonly Item[],
  take: (item: Item) => Promise<unknown>,
): Promise<void> {
  for (let start = 0; start < items.length; start += requestsInFlight) {
    await hold.check();
    await inParallel(items.slice(start, start + requestsInFlight), take);
  }
}
