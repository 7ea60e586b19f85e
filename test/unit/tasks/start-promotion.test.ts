import { beforeEach, describe, expect, it } from 'vitest';
import type { StartPromotionInput } from '#domain/view.ts';
import { startPromotion } from '#tasks/start-promotion.ts';
import { createWorld, start, type World } from './promotion-world.ts';

let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(6);
});

const ask = (input: Partial<StartPromotionInput>) =>
  startPromotion(world)({
    application: 'shop',
    environment: 'production',
    kind: 'promotion',
    requestId: 'r1',
    ...input,
  });
const refused = (input: Partial<StartPromotionInput>) =>
  expect(ask(input)).rejects.toMatchObject({ name: 'RequestInvalidError' });

describe('StartPromotion', () => {
  it('starts a promotion of the release that is named, and notes its execution', async () => {
    const started = await ask({ release: 5 });
    const executionArn = 'arn:aws:states:us-east-1:000000000000:execution:promotion:shop-5-production-1';
    expect(started).toEqual({
      application: 'shop',
      release: 5,
      environment: 'production',
      attempt: 1,
      executionArn,
    });
    const { attempt, executionArn: _arn, ...id } = started;
    expect([...world.executions.promotions.values()]).toEqual([{ ...id, attempt, kind: 'promotion' }]);
    expect(await world.promotions.promotion(started)).toMatchObject({ executionArn, kind: 'promotion' });
  });

  it('takes the newest validated release when none is named', async () => {
    expect((await ask({})).release).toBe(6);
  });

  it('starts the same request once', async () => {
    expect(await ask({ release: 5 })).toEqual(await ask({ release: 5 }));
    expect((await ask({ release: 5, requestId: 'r2' })).attempt).toBe(2);
    expect(world.executions.promotions.size).toBe(2);
  });

  it('rolls back to the newest good release below the one that is there', async () => {
    for (const [index, release] of [2, 3, 5].entries()) await world.promoted(release, start + index);
    expect(await ask({ kind: 'rollback' })).toMatchObject({ release: 3 });
    expect([...world.executions.promotions.values()]).toMatchObject([{ release: 3, kind: 'rollback' }]);
  });

  it('rolls back to the release that is named', async () => {
    await world.promoted(5, start);
    expect(await ask({ kind: 'rollback', release: 1 })).toMatchObject({ release: 1 });
  });

  it.each([
    [
      'an unknown application',
      { application: 'ghost' },
      'Application "ghost" has no release: push a bundle first',
    ],
    [
      'an unknown environment',
      { environment: 'prod' },
      'Environment "prod" is none of "shop"; it has staging, production',
    ],
    [
      'an unknown release',
      { release: 44 },
      'Release 44 of "shop" does not exist; the newest are 6, 5, 4, 3, 2, 1',
    ],
    [
      'an older release than is there',
      { release: 4 },
      'Release 4 of "shop" is older than release 5 in "production": ask for a rollback',
    ],
    ['a rollback to what is there', { kind: 'rollback', release: 5 }, 'it is there now'],
    ['a rollback to a newer one', { kind: 'rollback', release: 6 }, 'newer than release 5 there: promote it'],
    [
      'a rollback from the first one',
      { kind: 'rollback' },
      'nothing to roll back to: release 5 is the first good one there',
    ],
    [
      'a rollback of an empty environment',
      { kind: 'rollback', environment: 'staging' },
      'no release was promoted into it',
    ],
  ] as const)('refuses %s', async (_case, input, message) => {
    await world.promoted(5, start);
    await expect(ask(input)).rejects.toThrow(message);
    await refused(input);
    expect(world.executions.promotions.size).toBe(0);
  });

  it('refuses a release that was not validated, and says which were', async () => {
    await world.releases.receive({
      application: 'shop',
      bundle: { bucket: 'bundles', key: 'shop/app.zip', versionId: 'broken' },
      uploadedAt: world.clock.now(),
      receivedAt: world.clock.now(),
      pipelineDigest: 'sha256:aa',
      pipelinePins: {},
      environments: ['staging', 'production'],
    });
    const newest = await world.releases.newest('shop', 1);
    const message = /no validated content for "production"; releases that have: 6, 5/;
    await expect(ask({ release: newest[0]?.release ?? 0 })).rejects.toThrow(message);
  });
});
