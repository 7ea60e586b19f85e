import { TidegateError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import { servicesCalledBy } from '#domain/references.ts';
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
  /** Of them, what the API server calls a Service of the same file for: it would be the last stage. */
  readonly called: readonly KubernetesObject[];
  readonly created: number;
  readonly refused: readonly Refusal[];
}

interface Planned {
  readonly promotion: PromotionInput;
  readonly plan: PlanReference;
}

/** Plans and applies the objects, leaving out each one that the cluster or the engine's rules refuse. */
export async function deployWhatGoes(
  { connect, clock }: CorpusSettings,
  policy: Partial<EnvironmentPolicy>,
  given: readonly KubernetesObject[],
): Promise<CorpusDeployment> {
  const harness = await createDeploymentHarness({
    cluster: connect(),
    clock,
    stabilityWindowSeconds: 0,
    deadlineSeconds: 600,
    policy,
  });
  const refused: Refusal[] = [];
  let objects = given;
  while (objects.length > 0) {
    const planned = await planOf(harness, objects).catch((error: unknown) => refusalIn(error, objects));
    if ('refusal' in planned) {
      const { refusal } = planned;
      refused.push(refusal);
      objects = objects.filter((object) => textOf(object) !== refusal.object);
      continue;
    }
    const created = (await changesOf(harness, planned)).filter(({ action }) => action === 'created').length;
    const called = objects.filter((object) => isCalledWithin(object, objects));
    // The stage of what is called never comes here, because no pod ever answers: it is applied when all else is done.
    if (called.length === 0) await applyAll(harness, planned);
    else await applyAll(harness, await planOf(harness, without(objects, called)));
    return { harness, objects, called, created, refused };
  }
  return { harness, objects, called: [], created: 0, refused };
}

function textOf(object: KubernetesObject): string {
  return identityText(identityOf(object));
}

function without(objects: readonly KubernetesObject[], others: readonly KubernetesObject[]) {
  return objects.filter((object) => !others.includes(object));
}

function isCalledWithin(object: KubernetesObject, objects: readonly KubernetesObject[]): boolean {
  const services = servicesCalledBy(object).map(identityText);
  return services.length > 0 && objects.some((each) => services.includes(textOf(each)));
}

async function changesOf(harness: DeploymentHarness, { plan }: Planned) {
  return (await harness.documents.get<Plan>(plan.document)).changes;
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
  if (!(error instanceof TidegateError)) throw error;
  const texts = objects.map(textOf);
  const named = texts.find((text) => error.message.startsWith(`${text}: `));
  const object = named ?? texts.find((text) => error.message.includes(text));
  if (object === undefined) throw error;
  return { refusal: { object, why: error.message } };
}

async function applyAll(harness: DeploymentHarness, planned: Planned): Promise<void> {
  const { promotion } = planned;
  const fence = await applyStages(harness, planned);
  const { inventory } = await harness.tasks.verifyRollout({
    ...promotion,
    mode: 'forward',
    fence,
    plan: planned.plan,
  });
  const endedAt = harness.clock.now();
  const { release, attempt } = promotion;
  const state = { release, attempt, promotedAt: endedAt, inventory };
  await harness.promotions.end(promotion, { outcome: 'promoted', endedAt }, state);
  await harness.targets.release({ application, environment }, promotion);
}

async function applyStages(harness: DeploymentHarness, { promotion, plan }: Planned): Promise<number> {
  const fence = await harness.acquire(promotion);
  const { stages = [] } = await harness.documents.get<Plan>(plan.document);
  for (const step of stages.keys())
    await advanceThrough(harness, { ...promotion, mode: 'forward', step, fence, plan });
  return fence;
}

type AdvanceInput = Parameters<DeploymentHarness['tasks']['advance']>[0];

async function advanceThrough(harness: DeploymentHarness, input: AdvanceInput): Promise<void> {
  let { cursor } = await harness.tasks.advance(input);
  while (cursor !== undefined) ({ cursor } = await harness.tasks.advance({ ...input, cursor }));
}

/** Plans and applies the same once more. Answers how many objects that would change, or did. */
export async function applyAgain(settings: CorpusSettings, run: CorpusDeployment): Promise<number> {
  const { harness, objects, called } = run;
  if (objects.length === 0) return 0;
  const rest = without(objects, called);
  const changed = new Set(await changesAgain(settings, run, rest));
  if (called.length > 0) {
    const planned = await planOf(harness, objects);
    await applyStages(harness, planned);
    await harness.targets.release({ application, environment }, planned.promotion);
    for (const text of await wouldChange(settings, harness, objects)) changed.add(text);
  }
  return changed.size;
}

async function changesAgain(
  settings: CorpusSettings,
  { harness }: CorpusDeployment,
  objects: readonly KubernetesObject[],
): Promise<readonly string[]> {
  if (objects.length === 0) return [];
  const changed = await wouldChange(settings, harness, objects);
  const generations = () =>
    inParallel(
      objects,
      async (object) => (await settings.cluster.read(addressOf(object)))?.metadata.generation,
    );
  const before = await generations();
  await applyAll(harness, await planOf(harness, objects));
  const after = await generations();
  const did = objects.filter((_, index) => before[index] !== after[index]).map(textOf);
  for (const text of did) settings.say(`has another generation: ${text}`);
  return [...changed, ...did];
}

async function wouldChange(
  { say }: CorpusSettings,
  harness: DeploymentHarness,
  objects: readonly KubernetesObject[],
): Promise<readonly string[]> {
  const changes = await changesOf(harness, await planOf(harness, objects));
  const changed = changes.filter(({ action }) => action !== 'unchanged');
  for (const { identity, action, fields } of changed)
    say(`changes again: ${identityText(identity)} ${action} ${JSON.stringify(fields).slice(0, 500)}`);
  return changed.map(({ identity }) => identityText(identity));
}

/** Releases nothing at all, and confirms what that deletes. Answers how many objects are pruned. */
export async function pruneAll(
  { cluster, say }: CorpusSettings,
  { harness, objects, called }: CorpusDeployment,
): Promise<number> {
  if (objects.length === 0) return 0;
  // What calls a Service that answers nobody would stop every write that it is asked about.
  for (const object of called) {
    const uid = (await cluster.read(addressOf(object)))?.metadata.uid;
    if (uid !== undefined) await cluster.remove(addressOf(object), uid);
  }
  const prune = objects.map(textOf);
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
  return pruned + called.length;
}
