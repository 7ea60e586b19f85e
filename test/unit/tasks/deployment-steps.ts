import type { Inventory } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import {
  application,
  type DeploymentHarness,
  environment,
  executionArn,
  namespace,
  shop,
} from './deployment-harness.ts';

// How far a test takes a promotion before the task it is about: each goes on from the one before.

export const target = { application, environment };
export const fenceAddress = { application, namespace };

/** Takes in a release with this content, opens its promotion and plans it. */
export async function plan(
  harness: DeploymentHarness,
  objects = shop(1),
  said: Parameters<DeploymentHarness['receive']>[1] = {},
) {
  const promotion = await harness.open(await harness.receive(objects, said));
  const planned = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (planned.outcome !== 'planned') throw new Error(`was ${planned.outcome}`);
  return { promotion, plan: planned.plan, approval: planned.approval };
}

/** And acquires the target for it: the input of each task that deploys. */
export async function hold(
  harness: DeploymentHarness,
  objects = shop(1),
  said: Parameters<DeploymentHarness['receive']>[1] = {},
) {
  const planned = await plan(harness, objects, said);
  const fence = await harness.acquire(planned.promotion);
  const input = { ...planned.promotion, mode: 'forward' as const, fence, plan: planned.plan };
  return { ...planned, fence, input };
}

/** And applies all of it. */
export async function apply(
  harness: DeploymentHarness,
  objects = shop(1),
  said: Parameters<DeploymentHarness['receive']>[1] = {},
) {
  const held = await hold(harness, objects, said);
  const applied = await harness.tasks.advance({ ...held.input, step: 0 });
  return { ...held, applied, observation: { ...held.input, step: 0, appliedAt: applied.appliedAt } };
}

/** Records that a release was good on the target, without having deployed it. */
export async function recordGood(harness: DeploymentHarness, release: number): Promise<PromotionInput> {
  const promotion = await harness.open(release);
  const content = (await harness.releases.release({ application, release }))?.contents?.[environment];
  if (content === undefined) throw new Error(`release ${release} has no content`);
  const inventory: Inventory = { release, content, objects: [] };
  const reference = await harness.documents.put(`inventories/good-${release}.json`, inventory);
  const endedAt = harness.clock.now();
  const state = { release, attempt: promotion.attempt, promotedAt: endedAt, inventory: reference };
  await harness.promotions.end(promotion, { outcome: 'promoted', endedAt }, state);
  return promotion;
}

/** What a task throws. */
export async function failureOf(running: Promise<unknown>): Promise<Error & { facts?: unknown }> {
  return running.then(
    (result) => {
      throw new Error(`it should have failed, but answered ${JSON.stringify(result)}`);
    },
    (error: Error) => error,
  );
}
