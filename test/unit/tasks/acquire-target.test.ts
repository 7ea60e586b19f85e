import { beforeEach, describe, expect, it } from 'vitest';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { start } from './promotion-world.ts';
import { createTargetWorld, type TargetWorld, target, tokenOf } from './target-world.ts';

let world: TargetWorld;
beforeEach(async () => {
  world = await createTargetWorld();
});

const leaseSeconds = 300;

describe('AcquireTarget on a free target', () => {
  it('grants it at once, through the token alone', async () => {
    const promotion = await world.openPromotion(5);
    const result = await acquireTarget(world)({ ...promotion, taskToken: tokenOf(promotion) });
    expect(result).toBeUndefined();
    expect(world.answer(promotion)).toEqual({ acquired: true, fence: 1 });
    expect(await world.promotions.promotion(promotion)).toMatchObject({ stage: 'deploying', fence: 1 });
  });

  it('lends it for long enough to reach the first step', async () => {
    const { kind: _, ...holder } = await world.acquire(5);
    expect(await world.targets.holder(target)).toEqual({
      ...holder,
      fence: 1,
      leaseUntil: start + leaseSeconds * 1000,
    });
  });

  it('takes one target of an application for itself, not its others', async () => {
    await world.acquire(5);
    const staging = await world.openPromotion(6, { environment: 'staging' });
    await acquireTarget(world)({ ...staging, taskToken: tokenOf(staging) });
    expect(world.answer(staging)).toEqual({ acquired: true, fence: 1 });
  });

  it('grants the release that is on it again', async () => {
    await world.promoted(6, start);
    expect(world.answer(await world.acquire(6))).toEqual({ acquired: true, fence: 1 });
  });
});

describe('AcquireTarget on a target that is held', () => {
  it('waits, and says so', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    expect(world.answer(six)).toBeUndefined();
    expect(await world.promotions.promotion(six)).toMatchObject({ stage: 'awaiting-target' });
    expect((await world.promotions.promotion(six))?.fence).toBeUndefined();
    expect(await world.targets.holder(target)).toMatchObject({ release: 5, attempt: five.attempt });
  });

  const promote = (release: number) => ({ release, kind: 'promotion' as const });
  const rollBack = (release: number) => ({ release, kind: 'rollback' as const });

  it.each([
    ['older releases first', [promote(8), promote(7), promote(6)], [6, 7, 8]],
    ['a rollback before all of them', [promote(6), rollBack(2), promote(7)], [2, 6, 7]],
    ['rollbacks among themselves by release', [rollBack(4), promote(6), rollBack(2)], [2, 4, 6]],
  ])('queues %s', async (_, arrivals, order) => {
    let holder = await world.acquire(5);
    const waiting = [];
    for (const { release, kind } of arrivals) waiting.push(await world.acquire(release, kind));
    const granted: number[] = [];
    while (granted.length < arrivals.length) {
      await world.leave(holder);
      const next = waiting.filter((each) => world.answer(each) && !granted.includes(each.release));
      expect(next).toHaveLength(1);
      holder = next[0] ?? holder;
      granted.push(holder.release);
      expect(world.answer(holder)).toEqual({ acquired: true, fence: granted.length + 1 });
    }
    expect(granted).toEqual(order);
  });

  it('queues attempts of one release in order of asking', async () => {
    const five = await world.acquire(5);
    const first = await world.acquire(6, 'promotion', 'ana');
    const second = await world.acquire(6, 'promotion', 'bo');
    await world.leave(five);
    expect([world.answer(first), world.answer(second)]).toEqual([{ acquired: true, fence: 2 }, undefined]);
  });

  it.each([
    ['leaves a lease alone to its last millisecond', -1, undefined],
    ['takes over at the moment it has run out', 0, { acquired: true, fence: 2 }],
    ['takes over long after', 86_400_000, { acquired: true, fence: 2 }],
  ])('%s', async (_, offsetMilliseconds, answer) => {
    await world.acquire(5);
    world.clock.set(start + leaseSeconds * 1000 + offsetMilliseconds);
    expect(world.answer(await world.acquire(6))).toEqual(answer);
  });

  it('lets the one go first that waited longest for a lease to run out', async () => {
    await world.acquire(5);
    const six = await world.acquire(6);
    world.clock.set(start + leaseSeconds * 1000);
    const seven = await world.acquire(7);
    expect(world.answer(six)).toEqual({ acquired: true, fence: 2 });
    expect(world.answer(seven)).toBeUndefined();
  });

  it('wakes a holder that was granted the target but never heard of it', async () => {
    const six = await world.openPromotion(6);
    const dead = {
      succeed: async () => {
        throw new Error('killed');
      },
    };
    const killed = acquireTarget({ ...world, tokens: dead })({ ...six, taskToken: tokenOf(six) });
    await expect(killed).rejects.toThrow('killed');
    const seven = await world.acquire(7);
    expect(world.answer(six)).toEqual({ acquired: true, fence: 1 });
    expect(world.answer(seven)).toBeUndefined();
  });
});

describe('AcquireTarget for a promotion that may not have it', () => {
  it('supersedes who is older than what is on the target, and keeps it out of the queue', async () => {
    await world.promoted(7, start);
    const six = await world.acquire(6);
    expect(world.answer(six)).toEqual({ acquired: false, outcome: 'superseded', supersededBy: 7 });
    expect(await world.targets.holder(target)).toBeUndefined();
    expect((await world.promotions.promotion(six))?.stage).toBe('planning');
  });

  it('lets an explicit rollback go below what is on the target', async () => {
    await world.promoted(7, start);
    expect(world.answer(await world.acquire(6, 'rollback'))).toEqual({ acquired: true, fence: 1 });
  });

  it('takes who became older while it queued out of the queue when its state is retried', async () => {
    const eight = await world.acquire(8);
    const seven = await world.acquire(7);
    await world.succeed(eight);
    await acquireTarget(world)({ ...seven, taskToken: 'retried' });
    expect(world.tokens.answers.get('retried')).toMatchObject({ acquired: false, supersededBy: 8 });
    await world.leave(eight);
    expect(world.answer(seven)).toBeUndefined();
    expect(await world.targets.holder(target)).toBeUndefined();
  });

  it('passes over who has ended already', async () => {
    const six = await world.openPromotion(6);
    await world.promotions.end(six, { outcome: 'withdrawn', endedAt: start });
    await acquireTarget(world)({ ...six, taskToken: tokenOf(six) });
    expect(world.answer(six)).toBeUndefined();
    expect(await world.targets.holder(target)).toBeUndefined();
    expect(await world.promotions.promotion(six)).toMatchObject({ stage: 'ended', outcome: 'withdrawn' });
  });

  it('refuses a promotion that the ledger does not know, and queues nothing', async () => {
    const unknown = { ...target, release: 6, attempt: 3, kind: 'promotion' as const };
    await expect(acquireTarget(world)({ ...unknown, taskToken: 'token' })).rejects.toMatchObject({
      name: 'RequestInvalidError',
      message: 'Promotion 3 of "shop" release 6 into "production" is not in the ledger',
    });
    expect(await world.targets.holder(target)).toBeUndefined();
  });
});

describe('AcquireTarget, run twice', () => {
  it('draws no second number for who has the target', async () => {
    const five = await world.acquire(5);
    await acquireTarget(world)({ ...five, taskToken: tokenOf(five) });
    expect(await world.targets.holder(target)).toMatchObject({ release: 5, fence: 1 });
    expect(world.tokens.answers.size).toBe(1);
    expect(await world.promotions.promotion(five)).toMatchObject({ stage: 'deploying', fence: 1 });
  });

  it('answers the new token of a state that is retried', async () => {
    const five = await world.openPromotion(5);
    const run = acquireTarget(world);
    await run({ ...five, taskToken: 'first' });
    await run({ ...five, taskToken: 'second' });
    expect(world.tokens.answers.get('second')).toEqual({ acquired: true, fence: 1 });
  });

  it('gives who waits one place, and wakes it by its last token', async () => {
    const five = await world.acquire(5);
    const six = await world.acquire(6);
    await acquireTarget(world)({ ...six, taskToken: 'second' });
    await world.leave(five);
    expect(world.answer(six)).toBeUndefined();
    expect(world.tokens.answers.get('second')).toEqual({ acquired: true, fence: 2 });
    await world.leave(six);
    expect(await world.targets.holder(target)).toBeUndefined();
  });
});
