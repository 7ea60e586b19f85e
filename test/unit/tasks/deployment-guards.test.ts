import { describe, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
  service,
  shop,
} from './deployment-harness.ts';

const _approver = 'ann@example.com';

async function planned(harness: DeploymentHarness, objects = shop(1)) {
  const promotion = await harness.open(await harness.receive(objects));
  const result = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (result.outcome !== 'planned') throw new Error(`was ${result.outcome}`);
  return { promotion, plan: result.plan, approval: result.approval };
}

describe('PlanRollback', () => {
  const error = { name: 'RolloutFailedError', message: 'it failed' };

  it('is not possible when nothing was written', async () => {
    const harness = await createDeploymentHarness();
    const { promotion } = await planned(harness);
    expect(await harness.tasks.planRollback({ ...promotion, error })).toMatchObject({
      possible: false,
      outcome: 'failed-nothing-applied',
    });
  });

  it('leaves the objects of a first release for diagnosis', async () => {
    const harness = await createDeploymentHarness();
    const { promotion, plan } = await planned(harness, shop(1, 'crashes'));
    const fence = await harness.acquire(promotion);
    await harness.tasks.advance({ ...promotion, mode: 'forward', step: 0, fence, plan });
    expect(await harness.tasks.planRollback({ ...promotion, error })).toEqual({
      possible: false,
      outcome: 'failed-not-rolled-back',
      reason: 'there is no earlier good release; its objects are left for diagnosis',
    });
    expect(await harness.memory.read(addressOf(service('web')))).toBeDefined();
    expect(await harness.promotions.promotion(promotion)).toMatchObject({ failure: error });
  });

  it('leaves the target to a newer release that holds it', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive(shop(1)));
    const { promotion, plan } = await planned(harness, shop(2));
    const fence = await harness.acquire(promotion);
    await harness.tasks.advance({ ...promotion, mode: 'forward', step: 0, fence, plan });
    await harness.targets.release({ application, environment }, promotion);
    const newer = await harness.open(await harness.receive(shop(3)));
    await harness.acquire(newer);
    expect(await harness.tasks.planRollback({ ...promotion, error })).toEqual({
      possible: false,
      outcome: 'superseded',
      reason: "the target is held by 'shop-3-production-1'",
    });
  });
});

describe('what a stopped promotion left', () => {
  it('is pruned by the rollback that is started for it', async () => {
    const harness = await createDeploymentHarness();
    const good = await harness.receive(shop(1));
    await harness.promote(good);
    const { promotion, plan } = await planned(harness, [...shop(2), configMap('left-behind', { a: '1' })]);
    const fence = await harness.acquire(promotion);
    await harness.tasks.advance({ ...promotion, mode: 'forward', step: 0, fence, plan });
    await harness.promotions.end(promotion, {
      outcome: 'failed-not-rolled-back',
      endedAt: harness.clock.now(),
    });
    await harness.targets.release({ application, environment }, promotion);
    await harness.promote(good, 'rollback');
    expect(await harness.memory.read(addressOf(configMap('left-behind', {})))).toBeUndefined();
    expect(await harness.memory.read(addressOf(configMap('web-settings', {})))).toMatchObject({
      data: { greeting: 'hello 1' },
    });
  });
});
