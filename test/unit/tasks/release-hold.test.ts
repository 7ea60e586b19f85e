import { beforeEach, describe, expect, it } from 'vitest';
import { releaseHold } from '#tasks/release-hold.ts';
import {
  application,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  shop,
} from './deployment-harness.ts';
import { failureOf, hold, plan } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
  await harness.promote(await harness.receive(shop(1)));
});

async function fail(): Promise<void> {
  const promotion = await harness.open(await harness.receive(shop(2)));
  await harness.promotions.end(promotion, {
    outcome: 'failed-not-rolled-back',
    endedAt: harness.clock.now(),
    failure: { name: 'RolloutFailedError', message: 'it crashed' },
    rollbackFailure: { name: 'ManifestRefusedError', message: 'refused' },
  });
}
const release = () => releaseHold(harness)({ application, environment });

describe('ReleaseHold', () => {
  it('lets promotions go there again, once', async () => {
    await fail();
    const { name, message } = await failureOf(plan(harness, shop(3)));
    expect(name).toBe('PolicyViolationError');
    expect(message).toContain("environment 'production' of application 'shop': is held since");
    expect(message).toContain('release 2 failed (RolloutFailedError: it crashed)');
    expect(message).toContain('so did its rollback (ManifestRefusedError: refused)');
    expect(message).toContain('tidegate release-hold shop --environment production');
    expect(await release()).toEqual({ released: true, was: expect.stringContaining('held since') });
    expect(await release()).toEqual({ released: false });
    expect((await plan(harness, shop(3))).plan.changes).toBeGreaterThan(0);
  });

  it('is not needed after a rollback that a person asked for', async () => {
    await fail();
    expect((await harness.promote(1, 'rollback')).planned.outcome).toBe('unchanged');
    const back = await harness.open(1, 'rollback');
    const state = await harness.promotions.targetState(application, environment);
    await harness.promotions.end(back, { outcome: 'unchanged', endedAt: harness.clock.now() }, state);
    expect(await release()).toEqual({ released: false });
  });

  it('stops a promotion that was planned before the hold, too', async () => {
    const { promotion, plan: reference, fence } = await hold(harness, shop(3));
    await fail();
    const confirming = harness.tasks.confirmPlan({ ...promotion, round: 1, plan: reference, fence });
    expect(await failureOf(confirming)).toMatchObject({ name: 'PolicyViolationError' });
  });

  it('refuses to guess which one is meant', async () => {
    await expect(releaseHold(harness)({ application: '', environment })).rejects.toMatchObject({
      name: 'RequestInvalidError',
    });
  });
});
