import { countActions } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import { intentOf } from '#domain/intent.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { comparePruneOrder, inWaves } from '#domain/order.ts';
import type { ChangeAction, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { changesOutside } from '#domain/restoration.ts';
import { steps } from '#domain/rollout-steps.ts';
import type { Clock } from '#ports/clock.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { applyForGood } from './parts/apply-object.ts';
import { awaitNamespaces } from './parts/await-namespaces.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { type FenceHold, holdFence } from './parts/hold-fence.ts';
import { inParallel, requestsInFlight } from './parts/in-parallel.ts';
import { promotionFields } from './parts/plan-documents.ts';
import { pruneObject } from './parts/prune-object.ts';
import { restoreObject } from './parts/survey-restores.ts';

export interface AdvanceInput extends PromotionInput {
  readonly mode: 'forward' | 'rollback';
  readonly step: number;
  readonly fence: number;
  /** In rollback mode the rollback's plan. */
  readonly plan: PlanReference;
}

export interface AdvanceResult {
  readonly step: number;
  /** Objects per action that this step took, by the plan: a repeated step answers the same. */
  readonly changes: Readonly<Record<ChangeAction, number>>;
  /** Just before this step's first write. */
  readonly appliedAt: Instant;
}

export interface AdvancePorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

// A Lambda has a minute; a step that takes longer is taken again from its start, which changes nothing twice.
const stepSeconds = 45;

/**
 * Takes one step of a rollout: step 0 applies every object in the order of its wave, step 1 deletes what the release no
 * longer names. Safe to repeat from the start: applying again is a no-op, deleting is by uid. Throws FenceLostError
 * when somebody else holds the target by now, and ClusterUnavailableError when the time runs out.
 */
export function advance(ports: AdvancePorts) {
  return async (input: AdvanceInput): Promise<AdvanceResult> => {
    const { promotions, targets, documents, clock } = ports;
    const { application, environment, fence, step } = input;
    const promotion = promotionFields(input);
    const target = await findDeploymentTarget(ports, promotion);
    const plan = await documents.get<Plan>(input.plan.document);
    const appliedAt = clock.now();
    const renew = () =>
      targets.renew({ application, environment }, fence, secondsAfter(clock.now(), deployLeaseSeconds));
    // Whoever has lost the target by now has written nothing, and must not be recorded as if it had.
    await renew();
    const run: StepRun = {
      ...target,
      clock,
      deadline: secondsAfter(appliedAt, stepSeconds),
      promotion,
      fence: holdFence(target.cluster, target.policy, promotion, fence),
      async begin() {
        await promotions.noteFirstWrite(promotion, appliedAt);
        // Again: SettleRelease takes the target away before it reads the mark, so one of the two sees the other.
        await renew();
      },
    };
    if (step === steps.prune) await pruneAll(run, plan);
    else await applyAll(run, plan, await documents.get<ReleaseContent>(plan.content));
    const taken = plan.changes.filter(({ action }) => (action === 'pruned') === (step === steps.prune));
    return { step, changes: countActions(taken), appliedAt };
  };
}

interface StepRun extends DeploymentTarget {
  readonly clock: Clock;
  readonly deadline: Instant;
  readonly promotion: PromotionInput;
  readonly fence: FenceHold;
  /** Marks the first write; to be called when the fence is claimed and nothing but the writes is left to do. */
  begin(): Promise<void>;
}

async function applyAll(run: StepRun, plan: Plan, content: ReleaseContent): Promise<void> {
  const { application, environment } = run.promotion;
  const waves = inWaves(intentOf(content.objects, { application, environment }));
  const [namespaces = [], ...others] = waves[0]?.[0]?.kind === 'Namespace' ? waves : [[], ...waves];
  if (namespaces.length > 0) {
    // The fence lives in a namespace: where this release brings it, it must be there first.
    if (!namespaces.some(({ metadata }) => metadata.name === run.policy.namespace)) await run.fence.claim();
    await run.begin();
    await applyBatch(run, namespaces);
    await awaitNamespaces(run.cluster, run.clock, namespaces);
  }
  await run.fence.claim();
  await run.begin();
  await restoreAll(run, plan, content);
  for (const wave of others) {
    for (const batch of batches(wave)) {
      requireTime(run, content.objects.length);
      await run.fence.check();
      await applyBatch(run, batch);
    }
  }
}

/** First, because what is rolled back to may read what the failed release changed. */
async function restoreAll(run: StepRun, { changes }: Plan, content: ReleaseContent): Promise<void> {
  const restores = changesOutside(changes, content.objects).filter(({ action }) => action === 'configured');
  for (const batch of batches(restores)) {
    requireTime(run, restores.length);
    await run.fence.check();
    await inParallel(batch, (change) => restoreObject(run.cluster, change, run.promotion));
  }
}

async function applyBatch({ cluster, clock }: StepRun, batch: readonly KubernetesObject[]): Promise<void> {
  await inParallel(batch, (object) => applyForGood(cluster, clock, object));
}

async function pruneAll(run: StepRun, { changes }: Plan): Promise<void> {
  const pruned = changes
    .filter(({ action }) => action === 'pruned')
    .toSorted((a, b) => comparePruneOrder(a.identity, b.identity));
  await run.fence.claim();
  await run.begin();
  for (const batch of batches(pruned)) {
    requireTime(run, pruned.length);
    await run.fence.check();
    await inParallel(batch, (change) => pruneObject(run.cluster, change, run.promotion));
  }
}

// The fence is read again before each of these, so that a run that lost it writes at most what is in flight.
function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / requestsInFlight);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * requestsInFlight, (index + 1) * requestsInFlight),
  );
}

function requireTime({ clock, deadline, policy }: StepRun, objects: number): void {
  if (clock.now() < deadline) return;
  throw new ClusterUnavailableError(
    `cluster '${policy.cluster.name}': took longer than ${stepSeconds} s for ${objects} objects; the step is taken again`,
    { objects, seconds: stepSeconds },
  );
}
