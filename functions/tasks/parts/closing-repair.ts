import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { type IntentOwner, intentOf } from '#domain/intent.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { comparePruneOrder } from '#domain/order.ts';
import type { ObjectChange, Plan } from '#domain/plan.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import { applyForGood } from './apply-object.ts';
import { fencedCluster } from './fenced-cluster.ts';
import type { FenceHold } from './hold-fence.ts';
import { inParallel, requestsInFlight } from './in-parallel.ts';
import { type LabelledMember, labelledMembers } from './labelled-members.ts';
import { pruneObject } from './prune-object.ts';
import { surveyChanges } from './survey-changes.ts';

export interface ClosingRepair {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly documents: DocumentStore;
  readonly hold: FenceHold;
  readonly owner: IntentOwner;
  readonly plan: Plan;
  readonly content: ReleaseContent;
}

// A run that was overtaken gets at most what it had in flight through, so that one round puts it right.
const mostRounds = 3;

/**
 * Reads every object again and puts right what is not as the plan left it, until a reading finds nothing: a run that lost
 * the fence may have written late (DESIGN §4). It may also have made what the release does not hold, or made again what
 * was pruned. Answers the members that are in place; throws ClusterUnavailableError when somebody keeps changing them.
 */
export async function repairAtTheEnd(request: ClosingRepair): Promise<readonly LabelledMember[]> {
  for (let round = 1; ; round += 1) {
    const { members, wrong } = await readAgain(request);
    if (wrong.length === 0) return members;
    const names = wrong.map(({ identity }) => identityText(identity));
    if (round > mostRounds) {
      throw new ClusterUnavailableError(
        `rollout: put right ${mostRounds} times and still not as planned, somebody keeps changing ${names.slice(0, 5).join(', ')}`,
        { objects: names.slice(0, 20) },
      );
    }
    await putRight(request, wrong);
  }
}

async function readAgain({ cluster, owner, plan, content }: ClosingRepair) {
  const known = content.objects.map(({ apiVersion, ...object }) => ({
    ...identityOf({ ...object, apiVersion } as KubernetesObject),
    apiVersion,
  }));
  const members = await labelledMembers(cluster, owner, known);
  const { changes } = await surveyChanges({ cluster, content, owner, candidates: late(members, plan) });
  return { members, wrong: changes.filter(({ action }) => action !== 'unchanged') };
}

/** What came after the plan was confirmed; before the first good state nothing is deleted (R8). */
function late(members: readonly LabelledMember[], plan: Plan): readonly LabelledMember[] {
  if (plan.replacesRelease === undefined) return [];
  const kept = new Set(plan.kept?.map(({ uid }) => uid));
  return members.filter(({ uid }) => !kept.has(uid));
}

async function putRight(request: ClosingRepair, wrong: readonly ObjectChange[]): Promise<void> {
  const { clock, hold, owner, content, documents, plan } = request;
  const cluster = fencedCluster(request.cluster, clock, hold);
  const named = new Set(wrong.map(({ identity }) => identityText(identity)));
  const intents = intentOf(content.objects, owner).filter((object) =>
    named.has(identityText(identityOf(object))),
  );
  await inBatches(hold, intents, (object) => applyForGood(cluster, clock, object));
  const extra = wrong
    .filter(({ action }) => action === 'pruned')
    .toSorted((a, b) => comparePruneOrder(a.identity, b.identity));
  const pruning = { cluster, documents, owner, promotion: plan };
  await inBatches(hold, extra, (change) => pruneObject(pruning, change));
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
