import { type ApplySetMembers, membersOf } from '#domain/applyset.ts';
import { countActions } from '#domain/change-set.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import { type IntentOwner, intentOf } from '#domain/intent.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { comparePruneOrder, isServedByOthers } from '#domain/order.ts';
import type { ChangeAction, ObjectChange, Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { changesOutside } from '#domain/restoration.ts';
import { planStages } from '#domain/rollout-steps.ts';
import type { Stage } from '#domain/stage.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';
import { applyChange, type CarryingOut } from './parts/apply-change.ts';
import { awaitDefinitions } from './parts/await-definitions.ts';
import { awaitGone } from './parts/await-gone.ts';
import { awaitNamespaces } from './parts/await-namespaces.ts';
import { carryingOut } from './parts/carrying-out.ts';
import { deployLeaseSeconds } from './parts/deploy-lease.ts';
import { type DeploymentTarget, findDeploymentTarget, type TargetPorts } from './parts/deployment-target.ts';
import { fencedCluster } from './parts/fenced-cluster.ts';
import { type FenceHold, holdFence } from './parts/hold-fence.ts';
import { inParallel, requestsInFlight } from './parts/in-parallel.ts';
import { intentOwner } from './parts/intent-owner.ts';
import { orchestratorOf } from './parts/orchestrator.ts';
import { promotionFields } from './parts/plan-documents.ts';
import { pruneObject } from './parts/prune-object.ts';
import { restoreObject } from './parts/survey-restores.ts';

export interface AdvanceInput extends PromotionInput {
  readonly mode: 'forward' | 'rollback';
  readonly step: number;
  readonly fence: number;
  /** In rollback mode the rollback's plan. */
  readonly plan: PlanReference;
  /** As the call before answered it, to go on from there; null and absent are the step's beginning. */
  readonly cursor?: AdvanceCursor | null;
}

/** How far a step got that takes more than one call. */
export interface AdvanceCursor {
  /** Batches that are through; the same plan always makes the same batches. */
  readonly batches: number;
  /** Of the step. */
  readonly appliedAt: Instant;
}

export interface AdvanceResult {
  readonly step: number;
  /** Objects per action that this step took, by the plan: a repeated step answers the same. */
  readonly changes: Readonly<Record<ChangeAction, number>>;
  /** Just before this step's first write. */
  readonly appliedAt: Instant;
  /** Present while the step is not through: it is to be called again with it. */
  readonly cursor?: AdvanceCursor;
}

export interface AdvancePorts extends TargetPorts {
  readonly promotions: PromotionLedger;
  readonly targets: TargetLedger;
  readonly documents: DocumentStore;
  readonly clock: Clock;
}

// A Lambda has a minute; a step that takes longer is gone on with by the next call.
const stepSeconds = 45;

/**
 * Takes one step of a rollout: one for each stage of the plan applies the stage's objects, layer by layer; the one after
 * them deletes what the release no longer names. Safe to repeat from the start: applying again is a no-op, deleting is by
 * uid. Throws FenceLostError when somebody else holds the target by now. When the time runs out it answers a cursor.
 */
export function advance(ports: AdvancePorts) {
  return async (input: AdvanceInput): Promise<AdvanceResult> => {
    const { promotions, targets, documents, clock } = ports;
    const { application, environment, fence, step } = input;
    const promotion = promotionFields(input);
    const target = await findDeploymentTarget(ports, promotion);
    const plan = await documents.get<Plan>(input.plan.document);
    const now = clock.now();
    const appliedAt = input.cursor?.appliedAt ?? now;
    const renew = () =>
      targets.renew({ application, environment }, fence, secondsAfter(clock.now(), deployLeaseSeconds));
    // Whoever has lost the target by now has written nothing, and must not be recorded as if it had.
    await renew();
    const content = await documents.get<ReleaseContent>(plan.content);
    const hold = holdFence({
      ...target,
      clock,
      promotion,
      fence,
      mode: input.mode,
      orchestrator: orchestratorOf(await promotions.promotion(promotion)),
    });
    const cluster = fencedCluster(target.cluster, clock, hold);
    const run: StepRun = {
      ...target,
      unfenced: target.cluster,
      cluster,
      owner: intentOwner(promotion, target.policy),
      documents,
      promotion,
      carrying: carryingOut(ports, { ...target, cluster }, promotion, content),
      changes: new Map(plan.changes.map((change) => [identityText(change.identity), change])),
      clock,
      deadline: secondsAfter(now, stepSeconds),
      begun: input.cursor?.batches,
      fence: hold,
      async begin() {
        await promotions.noteFirstWrite(promotion, appliedAt);
        // Again: SettleRelease takes the target away before it reads the mark, so one of the two sees the other.
        await renew();
      },
    };
    const intents = intentOf(content.objects, run.owner);
    const stages = planStages(plan, intents);
    const stage = stages[step];
    const through =
      stage === undefined
        ? await pruneAll(run, plan)
        : await applyStage(run, {
            layers: layersIn(stage, intents),
            isFirst: step === 0,
            restores: step === 0 ? restoresOf(plan, content) : [],
            members: membersOf([
              ...plan.changes.map(({ identity }) => identity),
              ...content.objects.map(identityOf),
            ]),
          });
    const stepOf = stepsOf(stages);
    const taken = plan.changes.filter((change) => stepOf(change) === step);
    return {
      step,
      changes: countActions(taken),
      appliedAt,
      ...(through !== 'all' && { cursor: { batches: through, appliedAt } }),
    };
  };
}

/** Batches that are through, or all of them. */
type Through = number | 'all';

interface StepRun extends DeploymentTarget {
  readonly carrying: CarryingOut;
  /** What was planned, by identity's text. */
  readonly changes: ReadonlyMap<string, ObjectChange>;
  readonly clock: Clock;
  readonly deadline: Instant;
  /** Batches that calls before took; undefined for the first call. */
  readonly begun: number | undefined;
  readonly owner: IntentOwner;
  readonly documents: DocumentStore;
  readonly promotion: PromotionInput;
  /** For the namespace that the fence itself is kept in; `cluster` checks the fence. */
  readonly unfenced: Cluster;
  readonly fence: FenceHold;
  /** Marks the first write; to be called when the fence is claimed and nothing but the writes is left to do. */
  begin(): Promise<void>;
}

/** Tells the step that takes a change: its object's stage, the first for what is put back, the last for what is pruned. */
function stepsOf(stages: readonly Stage[]): (change: ObjectChange) => number {
  const named = stages.flatMap(({ layers }, step) => layers.flat().map((text) => [text, step] as const));
  const steps = new Map(named);
  return ({ action, identity }) =>
    action === 'pruned' ? stages.length : (steps.get(identityText(identity)) ?? 0);
}

type Layers = readonly (readonly KubernetesObject[])[];

function layersIn({ layers }: Stage, intents: readonly KubernetesObject[]): Layers {
  const byText = new Map(intents.map((intent) => [identityText(identityOf(intent)), intent]));
  return layers.map((layer) => layer.flatMap((text) => byText.get(text) ?? []));
}

function restoresOf({ changes }: Plan, { objects }: ReleaseContent): readonly ObjectChange[] {
  return changesOutside(changes, objects).filter(({ action }) => action === 'configured');
}

interface StageWork {
  readonly layers: Layers;
  readonly isFirst: boolean;
  readonly restores: readonly ObjectChange[];
  /** All that is there and all that will be, until pruning is through (P1). */
  readonly members: ApplySetMembers;
}

async function applyStage(run: StepRun, { layers, isFirst, restores, members }: StageWork): Promise<Through> {
  const [namespaces = [], ...others] =
    isFirst && layers[0]?.[0]?.kind === 'Namespace' ? layers : [[], ...layers];
  if (namespaces.length > 0 && run.begun === undefined) {
    // The fence lives in a namespace: where this release brings it, it must be there first.
    const bringsItsOwn = namespaces.some(({ metadata }) => metadata.name === run.policy.namespace);
    if (!bringsItsOwn) await run.fence.claim(members);
    await run.begin();
    const carrying = bringsItsOwn ? { ...run.carrying, cluster: run.unfenced } : run.carrying;
    await applyBatch({ ...run, carrying }, namespaces);
    await awaitNamespaces(run.cluster, run.clock, namespaces);
  }
  await run.fence.claim(members);
  await run.begin();
  return takeBatches(run, [
    // First, because what is rolled back to may read what the failed release changed.
    ...batches(restores).map(
      (batch) => () =>
        inParallel(batch, (change) => restoreObject(run.cluster, run.documents, change, run.owner)),
    ),
    ...others.flatMap((layer) => layerWork(run, layer)),
  ]);
}

function layerWork(run: StepRun, layer: readonly KubernetesObject[]): readonly (() => Promise<unknown>)[] {
  // What stays as it is takes no part: it costs neither a request nor a check of the fence.
  const changing = layer.filter((object) => !isUnchanged(run, object));
  const applies = batches(changing).map((batch) => () => applyBatch(run, batch));
  const definitions = layer.filter(({ kind }) => kind === 'CustomResourceDefinition');
  if (definitions.length === 0) return applies;
  return [...applies, () => awaitDefinitions(run.cluster, run.clock, definitions)];
}

function isUnchanged({ changes }: StepRun, object: KubernetesObject): boolean {
  return changes.get(identityText(identityOf(object)))?.action === 'unchanged';
}

async function applyBatch({ carrying, changes }: StepRun, batch: readonly KubernetesObject[]): Promise<void> {
  await inParallel(batch, (object) =>
    applyChange(carrying, object, changes.get(identityText(identityOf(object)))),
  );
}

async function pruneAll(run: StepRun, { changes }: Plan): Promise<Through> {
  const pruned = changes
    .filter(({ action }) => action === 'pruned')
    .toSorted((a, b) => comparePruneOrder(a.identity, b.identity));
  const custom = pruned.filter(({ identity }) => isServedByOthers(identity));
  await run.fence.claim(membersOf(changes.map(({ identity }) => identity)));
  await run.begin();
  const deletions = (list: readonly ObjectChange[]) =>
    batches(list).map((batch) => () => inParallel(batch, (change) => pruneObject(run, change)));
  return takeBatches(run, [
    ...deletions(custom),
    // Their finalizers are run by controllers that may be among the others (O5).
    ...(custom.length === 0 || custom.length === pruned.length
      ? []
      : [() => awaitGone(run.cluster, run.clock, custom, goneSeconds)]),
    ...deletions(pruned.slice(custom.length)),
  ]);
}

const goneSeconds = 30;

/** Takes the batches that are left while there is time; a call that goes on takes at least one, so that it ends. */
async function takeBatches(
  { begun, clock, deadline, fence }: StepRun,
  work: readonly (() => Promise<unknown>)[],
): Promise<Through> {
  for (const [index, take] of work.entries()) {
    if (index < (begun ?? 0)) continue;
    if (index !== begun && clock.now() >= deadline) return index;
    await fence.check();
    await take();
  }
  return 'all';
}

// The fence is read again before each of these, so that a run that lost it writes at most what is in flight.
function batches<Item>(items: readonly Item[]): readonly (readonly Item[])[] {
  const count = Math.ceil(items.length / requestsInFlight);
  return Array.from({ length: count }, (_, index) =>
    items.slice(index * requestsInFlight, (index + 1) * requestsInFlight),
  );
}
