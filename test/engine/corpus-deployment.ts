import { changedObjects } from '#domain/change-set.ts';
import { TidegateError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { stagesOf } from '#domain/stages.ts';
import { inParallel } from '#tasks/parts/in-parallel.ts';
import {
  application,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
} from '../unit/tasks/deployment-harness.ts';
import type { CorpusSettings } from './corpus-file.ts';
import type { Refusal } from './corpus-objects.ts';

/** A file's objects on the cluster. */
export interface CorpusDeployment {
  readonly harness: DeploymentHarness;
  /** Those that are not refused. */
  readonly objects: readonly KubernetesObject[];
  readonly created: number;
  readonly refused: readonly Refusal[];
}

interface Planned {
  readonly promotion: PromotionInput;
  readonly plan: PlanReference;
}

/** Plans and applies the objects, leaving out each one that the cluster or the engine's rules refuse. */
export async function deployWhatGoes(
  { cluster, clock }: CorpusSettings,
  policy: Partial<EnvironmentPolicy>,
  given: readonly KubernetesObject[],
): Promise<CorpusDeployment> {
  const harness = await createDeploymentHarness({
    cluster,
    clock,
    stabilityWindowSeconds: 0,
    deadlineSeconds: 600,
    policy,
  });
  const refused: Refusal[] = [];
  let objects = given;
  for (;;) {
    if (objects.length === 0) return { harness, objects, created: 0, refused };
    const planned = await planOf(harness, objects).catch((error: unknown) => refusalIn(error, objects));
    if ('refusal' in planned) {
      refused.push(planned.refusal);
      objects = objects.filter((object) => identityText(identityOf(object)) !== planned.refusal.object);
      continue;
    }
    const { changes } = await harness.documents.get<Plan>(planned.plan.document);
    await applyAll(harness, planned, objects);
    return {
      harness,
      objects,
      created: changes.filter(({ action }) => action === 'created').length,
      refused,
    };
  }
}

async function planOf(
  harness: DeploymentHarness,
  objects: readonly KubernetesObject[],
  said: object = {},
): Promise<Planned> {
  const promotion = await harness.open(await harness.receive(objects, said));
  const planned = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (planned.outcome === 'superseded') throw new Error('a plan of the corpus was superseded');
  return { promotion, plan: planned.plan };
}

/** The object that an error of planning is about; any other error is thrown on. */
function refusalIn(error: unknown, objects: readonly KubernetesObject[]): { readonly refusal: Refusal } {
  if (!(error instanceof TidegateError) || error.errorClass !== 'user') throw error;
  const texts = objects.map((object) => identityText(identityOf(object)));
  const named = texts.find((text) => error.message.startsWith(`${text}: `));
  const object = named ?? texts.find((text) => error.message.includes(text));
  if (object === undefined) throw error;
  return { refusal: { object, why: error.message } };
}

async function applyAll(
  harness: DeploymentHarness,
  { promotion, plan }: Planned,
  objects: readonly KubernetesObject[],
): Promise<void> {
  const fence = await harness.acquire(promotion);
  const stages = stagesOf(objects).length;
  for (let step = 0; step < stages; step += 1) {
    await advanceThrough(harness, { ...promotion, mode: 'forward', step, fence, plan });
  }
  const { inventory } = await harness.tasks.verifyRollout({ ...promotion, mode: 'forward', fence, plan });
  await end(harness, promotion, inventory);
}

type AdvanceInput = Parameters<DeploymentHarness['tasks']['advance']>[0];

async function advanceThrough(harness: DeploymentHarness, input: AdvanceInput): Promise<void> {
  let { cursor } = await harness.tasks.advance(input);
  while (cursor !== undefined) ({ cursor } = await harness.tasks.advance({ ...input, cursor }));
}

type Inventory = Awaited<ReturnType<DeploymentHarness['tasks']['verifyRollout']>>['inventory'];

async function end(harness: DeploymentHarness, promotion: PromotionInput, inventory: Inventory) {
  const endedAt = harness.clock.now();
  const { release, attempt } = promotion;
  const state = { release, attempt, promotedAt: endedAt, inventory };
  await harness.promotions.end(promotion, { outcome: 'promoted', endedAt }, state);
  await harness.targets.release({ application, environment }, promotion);
}

/** Plans and applies the same once more. Answers how many objects that would change, or did. */
export async function applyAgain(
  { cluster, say }: CorpusSettings,
  { harness, objects }: CorpusDeployment,
): Promise<number> {
  if (objects.length === 0) return 0;
  const planned = await planOf(harness, objects);
  const { changes } = await harness.documents.get<Plan>(planned.plan.document);
  const changed = new Set(
    changes.filter(({ action }) => action !== 'unchanged').map(({ identity }) => identityText(identity)),
  );
  for (const { identity, fields } of changes.slice(0, changedObjects(changes) === 0 ? 0 : undefined)) {
    if (changed.has(identityText(identity)))
      say(`changes again: ${identityText(identity)} ${JSON.stringify(fields).slice(0, 500)}`);
  }
  const generations = () =>
    inParallel(objects, async (object) => (await cluster.read(addressOf(object)))?.metadata.generation);
  const before = await generations();
  await applyAll(harness, planned, objects);
  const after = await generations();
  for (const [index, object] of objects.entries()) {
    if (before[index] === after[index]) continue;
    changed.add(identityText(identityOf(object)));
    say(`has another generation: ${identityText(identityOf(object))}`);
  }
  return changed.size;
}

/** Releases nothing at all, and confirms what that deletes. Answers how many objects are pruned. */
export async function pruneAll(
  { say }: CorpusSettings,
  { harness, objects }: CorpusDeployment,
): Promise<number> {
  if (objects.length === 0) return 0;
  const prune = objects.map((object) => identityText(identityOf(object)));
  const planned = await planOf(harness, [], { confirm: { prune, pruneUpTo: 5000 } });
  const { promotion, plan } = planned;
  const { changes, stages = [] } = await harness.documents.get<Plan>(plan.document);
  const pruned = changes.filter(({ action }) => action === 'pruned').length;
  const fence = await harness.acquire(promotion);
  // The stages of nothing, then the step that prunes, whose end is waited for.
  for (let step = 0; step <= stages.length; step += 1) {
    const input = { ...promotion, mode: 'forward' as const, step, fence, plan };
    await advanceThrough(harness, input);
  }
  const observation = { ...promotion, mode: 'forward' as const, step: stages.length, fence, plan };
  const appliedAt = harness.clock.now();
  let seen = await harness.tasks.observe({ ...observation, appliedAt });
  while (seen.next === 'observe') seen = await harness.tasks.observe({ ...observation, appliedAt });
  say(`pruned ${pruned}`);
  await harness.targets.release({ application, environment }, promotion);
  return pruned;
}
