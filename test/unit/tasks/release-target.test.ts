import { beforeEach, describe, expect, it } from 'vitest';
import { releaseTarget } from '#tasks/release-target.ts';
import { start } from './promotion-world.ts';
import { createTargetWorld, type TargetWorld, target, tokenOf } from './target-world.ts';

let world: TargetWorld;
beforeEach(async () => {
  world = await createTargetWorld();
});

describe('ReleaseTarget', () => {
  it('frees the target of its holder', async () => {
    const five = await world.acquire(5);
    expect(await world.leave(five)).toEqual({ released: true });
    expect(await world.targets.holder(target)).toBeUndefined();
  });

  it('wakes who is next, with a higher number and a lease of its own', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    world.clock.set(start + 60_000);
    await world.leave(five);
    expect(world.answer(six)).toEqual({ acquired: true, fence: 2 });
    expect(await world.targets.holder(target)).toMatchObject({ release: 6, leaseUntil: start + 360_000 });
    expect(await world.promotions.promotion(six)).toMatchObject({ stage: 'deploying', fence: 2 });
  });

  it('takes who waits out of the queue and leaves the holder alone', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    expect(await world.leave(six)).toEqual({ released: true });
    expect(await world.targets.holder(target)).toMatchObject({ release: 5, fence: 1 });
    await world.leave(five);
    expect(world.answer(six)).toBeUndefined();
    expect(await world.targets.holder(target)).toBeUndefined();
  });

  it('of a promotion that never came as far as the queue changes nothing', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    expect(await world.leave(await world.openPromotion(7))).toEqual({ released: true });
    expect(await world.targets.holder(target)).toMatchObject({ release: 5, attempt: five.attempt, fence: 1 });
    expect(world.answer(six)).toBeUndefined();
  });

  it('takes no other attempt of the same release for this one', async () => {
    await world.acquire(5, 'promotion', 'ana');
    const second = await world.acquire(5, 'promotion', 'bo');
    await world.leave(second);
    expect(await world.targets.holder(target)).toMatchObject({ release: 5, attempt: 1, fence: 1 });
  });

  it('run twice takes the target from nobody', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    const seven = await world.acquire(7);
    await world.leave(five);
    await world.leave(five);
    expect(await world.targets.holder(target)).toMatchObject({ release: 6, fence: 2 });
    expect([world.answer(six), world.answer(seven)]).toEqual([{ acquired: true, fence: 2 }, undefined]);
  });
});

describe('ReleaseTarget passes over', () => {
  it('all that became older than what is on the target by now, telling each', async () => {
    const eight = await world.acquire(8);
    const [six, seven, nine] = [await world.acquire(6), await world.acquire(7), await world.acquire(9)];
    await world.succeed(eight);
    await world.leave(eight);
    const superseded = { acquired: false, outcome: 'superseded', supersededBy: 8 };
    expect([world.answer(six), world.answer(seven)]).toEqual([superseded, superseded]);
    expect(world.answer(nine)).toEqual({ acquired: true, fence: 4 });
    expect((await world.promotions.promotion(seven))?.stage).toBe('awaiting-target');
  });

  it('no rollback to an older release', async () => {
    const eight = await world.acquire(8);
    const back = await world.acquire(7, 'rollback');
    await world.succeed(eight);
    await world.leave(eight);
    expect(world.answer(back)).toEqual({ acquired: true, fence: 2 });
  });

  it('who ended while it waited: nobody listens there', async () => {
    const [five, six, seven] = [await world.acquire(5), await world.acquire(6), await world.acquire(7)];
    await world.promotions.end(six, { outcome: 'withdrawn', endedAt: start });
    await world.leave(five);
    expect(world.answer(six)).toBeUndefined();
    expect(world.answer(seven)).toEqual({ acquired: true, fence: 3 });
  });
});

describe('ReleaseTarget, killed in between, is mended by the next call', () => {
  it('after the grant, before the waking', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    const dead = {
      succeed: async () => {
        throw new Error('killed');
      },
    };
    await expect(releaseTarget({ ...world, tokens: dead })(five)).rejects.toThrow('killed');
    expect(await world.targets.holder(target)).toMatchObject({ release: 6, fence: 2 });
    await world.leave(five);
    expect(world.answer(six)).toEqual({ acquired: true, fence: 2 });
  });

  it('after the waking, before that is marked', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    const targets = {
      ...world.targets,
      markDelivered: async () => {
        throw new Error('killed');
      },
    };
    await expect(releaseTarget({ ...world, targets })(five)).rejects.toThrow('killed');
    await world.leave(five);
    expect(world.answer(six)).toEqual({ acquired: true, fence: 2 });
    expect(await world.targets.holder(target)).toMatchObject({ release: 6 });
  });

  it('after telling one that it is superseded, before that one left the queue', async () => {
    const eight = await world.acquire(8);
    const seven = await world.acquire(7);
    const nine = await world.acquire(9);
    await world.succeed(eight);
    const targets = {
      ...world.targets,
      release: async (...[place, promotion]: Parameters<typeof world.targets.release>) => {
        if (promotion.release === 7) throw new Error('killed');
        await world.targets.release(place, promotion);
      },
    };
    await expect(releaseTarget({ ...world, targets })(eight)).rejects.toThrow('killed');
    expect(world.answer(seven)).toMatchObject({ outcome: 'superseded' });
    await world.leave(eight);
    expect(world.answer(nine)).toEqual({ acquired: true, fence: 3 });
  });
});

it('ReleaseTarget lends the target to a wait that is over only until its lease has run out', async () => {
  const [five, six, seven] = [await world.acquire(5), await world.acquire(6), await world.acquire(7)];
  world.tokens.expire(tokenOf(six));
  await world.leave(five);
  expect(await world.targets.holder(target)).toMatchObject({ release: 6, fence: 2 });
  world.clock.set(start + 300_000);
  await world.leave(five);
  expect(world.answer(seven)).toEqual({ acquired: true, fence: 3 });
});
