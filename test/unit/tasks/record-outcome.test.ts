import { beforeEach, describe, expect, it } from 'vitest';
import { createMemoryPromotionLedger } from '#adapters/memory/promotion-ledger.ts';
import { instant } from '#domain/instant.ts';
import { recordOutcome } from '#tasks/record-outcome.ts';
import { startRelease } from '#tasks/start-release.ts';
import { bundleOf, intakeWorld, uploadOf } from './intake-world.ts';

const id = { application: 'web', release: 1 };
const asked = {
  ...id,
  environment: 'staging',
  kind: 'promotion',
  requestedBy: 'a',
  openedAt: instant(1),
} as const;
let world: ReturnType<typeof intakeWorld> & { promotions: ReturnType<typeof createMemoryPromotionLedger> };

beforeEach(async () => {
  world = { ...intakeWorld(), promotions: createMemoryPromotionLedger() };
  world.bundles.upload(bundleOf('v1'), Buffer.from('x'));
  await startRelease(world)(uploadOf(bundleOf('v1')));
});

describe('an outcome', () => {
  it('ends the release; the first end stands', async () => {
    expect(await recordOutcome(world)({ ...id, outcome: 'superseded', supersededBy: 2 })).toEqual({
      outcome: 'superseded',
    });
    expect(await recordOutcome(world)({ ...id, outcome: 'succeeded' })).toEqual({ outcome: 'superseded' });
    expect(await world.releases.release(id)).toMatchObject({ outcome: 'superseded', supersededBy: 2 });
  });
});

describe('an error', () => {
  it('of a task means that nothing was applied; its message is Lambda’s', async () => {
    const cause = JSON.stringify({
      errorType: 'BundleInvalidError',
      errorMessage: 'bundle "x" is not a zip',
      trace: [],
    });
    expect(await recordOutcome(world)({ ...id, error: 'BundleInvalidError', cause })).toEqual({
      outcome: 'failed-nothing-applied',
      failure: { name: 'BundleInvalidError', message: 'bundle "x" is not a zip' },
    });
  });

  it('of a promotion means how that promotion ended', async () => {
    const promotion = await world.promotions.open(asked);
    const failure = { name: 'RolloutFailedError', message: 'Deployment web: exit code 1' };
    await world.promotions.end(promotion, { outcome: 'failed-rolled-back', endedAt: instant(2), failure });
    const cause = JSON.stringify({ Status: 'FAILED', Error: 'failed-rolled-back', Cause: 'anything' });
    expect(await recordOutcome(world)({ ...id, error: 'States.TaskFailed', cause })).toEqual({
      outcome: 'failed-rolled-back',
      failure,
    });
  });

  it('of a promotion cut short after its first write means that it was not rolled back', async () => {
    const promotion = await world.promotions.open(asked);
    await world.promotions.noteFirstWrite(promotion, instant(2));
    const cause = JSON.stringify({ Status: 'ABORTED', Cause: 'stopped by hand' });
    expect(await recordOutcome(world)({ ...id, error: 'States.TaskFailed', cause })).toEqual({
      outcome: 'failed-not-rolled-back',
      failure: { name: 'States.TaskFailed', message: 'stopped by hand' },
    });
  });

  it('without a cause is named', async () => {
    expect(await recordOutcome(world)({ ...id, error: 'States.Timeout' })).toMatchObject({
      failure: { name: 'States.Timeout', message: 'States.Timeout' },
    });
  });
});
