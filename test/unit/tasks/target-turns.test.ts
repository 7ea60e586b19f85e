import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import type { PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { AcquireResult } from '#domain/target.ts';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { releaseTarget } from '#tasks/release-target.ts';
import { createWorld, start, type World } from './promotion-world.ts';

const target = { application: 'shop', environment: 'production' };
let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(9);
});

const tokenOf = ({ release, attempt }: PromotionInput) => `token-${release}-${attempt}`;
const acquire = async (release: number, kind: PromotionKind = 'promotion') => {
  const promotion = await world.openPromotion(release, { kind, requestedBy: `${kind}-${release}` });
  await acquireTarget(world)({ ...promotion, taskToken: tokenOf(promotion) });
  return promotion;
};
const answer = (promotion: PromotionInput) => world.tokens.answers.get(tokenOf(promotion));
const leave = (promotion: PromotionInput) => releaseTarget(world)(promotion);

describe('AcquireTarget and ReleaseTarget', () => {
  it('grant a free target at once', async () => {
    const promotion = await acquire(5);
    expect(answer(promotion)).toEqual({ acquired: true, fence: 1 });
    expect(await world.promotions.promotion(promotion)).toMatchObject({ stage: 'deploying', fence: 1 });
  });

  it('let others wait and wake them in order of release, rollbacks first', async () => {
    const [five, eight, seven] = [await acquire(5), await acquire(8), await acquire(7)];
    const back = await acquire(2, 'rollback');
    expect([answer(eight), answer(seven), answer(back)]).toEqual([undefined, undefined, undefined]);
    expect((await world.promotions.promotion(eight))?.stage).toBe('awaiting-target');
    expect(await leave(five)).toEqual({ released: true });
    expect(answer(back)).toEqual({ acquired: true, fence: 2 });
    await leave(back);
    expect(answer(seven)).toEqual({ acquired: true, fence: 3 });
    expect(answer(eight)).toBeUndefined();
    await leave(seven);
    expect(answer(eight)).toEqual({ acquired: true, fence: 4 });
  });

  it('supersede who is older than what is on the target, and keep it out of the queue', async () => {
    await world.promoted(7, start);
    const six = await acquire(6);
    expect(answer(six)).toEqual({ acquired: false, outcome: 'superseded', supersededBy: 7 });
    expect(await world.targets.holder(target)).toBeUndefined();
    expect(answer(await acquire(6, 'rollback'))).toEqual({ acquired: true, fence: 1 });
  });

  it('pass over who became older while waiting', async () => {
    const eight = await acquire(8);
    const seven = await acquire(7);
    const nine = await acquire(9);
    const inventory = { bucket: 'documents', key: 'i', versionId: '1' };
    const state = { release: 8, attempt: 1, promotedAt: start, inventory };
    await world.promotions.end(eight, { outcome: 'promoted', endedAt: start }, state);
    await leave(eight);
    expect(answer(seven)).toEqual({ acquired: false, outcome: 'superseded', supersededBy: 8 });
    expect(answer(nine)).toMatchObject({ acquired: true });
  });

  it('pass over who ended while waiting', async () => {
    const five = await acquire(5);
    const six = await acquire(6);
    const seven = await acquire(7);
    await world.promotions.end(six, { outcome: 'withdrawn', endedAt: start });
    await leave(five);
    expect(answer(six)).toBeUndefined();
    expect(answer(seven)).toMatchObject({ acquired: true });
  });

  it('mend a crash between granting and waking', async () => {
    const five = await acquire(5);
    const six = await acquire(6);
    const dead = {
      succeed: async () => {
        throw new Error('killed');
      },
    };
    await expect(releaseTarget({ ...world, tokens: dead })(five)).rejects.toThrow('killed');
    expect(await world.targets.holder(target)).toMatchObject({ release: 6, fence: 2 });
    await leave(five);
    expect(answer(six)).toEqual({ acquired: true, fence: 2 });
  });

  it('mend a crash between waking and marking it delivered', async () => {
    const five = await acquire(5);
    const six = await acquire(6);
    const targets = {
      ...world.targets,
      markDelivered: async () => {
        throw new Error('killed');
      },
    };
    await expect(releaseTarget({ ...world, targets })(five)).rejects.toThrow('killed');
    await leave(five);
    expect(answer(six)).toEqual({ acquired: true, fence: 2 });
    expect(await world.targets.holder(target)).toMatchObject({ release: 6 });
  });

  it('take a target over whose lease has run out', async () => {
    await acquire(5);
    const six = await acquire(6);
    world.clock.set(start + 300_000);
    const seven = await acquire(7);
    expect(answer(six)).toEqual({ acquired: true, fence: 2 });
    expect(answer(seven)).toBeUndefined();
  });

  it('answer the new token of a state that is retried', async () => {
    const five = await world.openPromotion(5);
    const run = acquireTarget(world);
    await run({ ...five, taskToken: 'first' });
    await run({ ...five, taskToken: 'second' });
    expect(world.tokens.answers.get('second')).toEqual({ acquired: true, fence: 1 });
  });
});

describe('a target, however promotions come, crash and go', () => {
  type Step =
    | { readonly do: 'acquire'; readonly release: number; readonly kind: PromotionKind }
    | { readonly do: 'finish' | 'vanish' | 'crash' };

  const step: fc.Arbitrary<Step> = fc.oneof(
    {
      weight: 4,
      arbitrary: fc.record({
        do: fc.constant('acquire' as const),
        release: fc.integer({ min: 1, max: 9 }),
        kind: fc.constantFrom('promotion', 'promotion', 'rollback'),
      }),
    },
    {
      weight: 3,
      arbitrary: fc.record({ do: fc.constantFrom('finish' as const, 'vanish' as const, 'crash' as const) }),
    },
  );

  it('has one holder, rising fences, no older release over a newer one, and nobody waits for ever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        world = await createWorld();
        await world.receiveReleases(9);
        const all: PromotionInput[] = [];
        const granted = () =>
          all.filter((promotion) => (answer(promotion) as AcquireResult | undefined)?.acquired);
        const gone = new Set<PromotionInput>();
        const fences: number[] = [];
        const watch = async () => {
          for (const promotion of granted()) {
            const { fence } = answer(promotion) as { fence: number };
            if (fences.includes(fence)) continue;
            // Held only by the last one granted; every fence above all earlier ones.
            expect(fence).toBeGreaterThan(fences.at(-1) ?? 0);
            fences.push(fence);
            const state = await world.promotions.targetState('shop', 'production');
            if (promotion.kind === 'promotion')
              expect(promotion.release).toBeGreaterThanOrEqual(state?.release ?? 0);
          }
          expect(granted().filter((promotion) => !gone.has(promotion)).length).toBeLessThanOrEqual(1);
        };
        const holder = () => granted().find((promotion) => !gone.has(promotion));
        const finish = async (promotion: PromotionInput) => {
          const { release, attempt } = promotion;
          const inventory = { bucket: 'documents', key: 'i', versionId: '1' };
          const state = { release, attempt, promotedAt: world.clock.now(), inventory };
          await world.promotions.end(promotion, { outcome: 'promoted', endedAt: world.clock.now() }, state);
          gone.add(promotion);
          await leave(promotion);
        };
        let asked = 0;
        for (const each of steps) {
          await world.clock.sleep(1000);
          if (each.do === 'acquire') {
            const { release, kind } = each;
            const promotion = await world.openPromotion(release, { kind, requestedBy: `asker-${++asked}` });
            all.push(promotion);
            await acquireTarget(world)({ ...promotion, taskToken: tokenOf(promotion) });
          }
          const current = holder();
          if (each.do === 'finish' && current) await finish(current);
          if (each.do === 'crash' && current) {
            // Dies silently; its lease runs out.
            gone.add(current);
            await world.clock.sleep(301_000);
          }
          if (each.do === 'vanish') {
            const waiting = all.find((promotion) => answer(promotion) === undefined && !gone.has(promotion));
            if (waiting) {
              gone.add(waiting);
              await leave(waiting);
            }
          }
          await watch();
        }
        // Whoever holds it now dies as well: the next call of anybody mends it.
        const last = holder();
        if (last) gone.add(last);
        await world.clock.sleep(301_000);
        await leave({ ...target, release: 9, attempt: 99, kind: 'promotion' });
        await watch();
        for (let current = holder(); current !== undefined; current = holder()) {
          await finish(current);
          await watch();
        }
        const stranded = all.filter((promotion) => answer(promotion) === undefined && !gone.has(promotion));
        expect(stranded).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
