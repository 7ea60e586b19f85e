import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { AcquireResult } from '#domain/target.ts';
import { createTargetWorld, target } from './target-world.ts';

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
        const world = await createTargetWorld();
        const all: PromotionInput[] = [];
        const granted = () =>
          all.filter((promotion) => (world.answer(promotion) as AcquireResult | undefined)?.acquired);
        const gone = new Set<PromotionInput>();
        const fences: number[] = [];
        const watch = async () => {
          for (const promotion of granted()) {
            const { fence } = world.answer(promotion) as { fence: number };
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
          await world.succeed(promotion);
          gone.add(promotion);
          await world.leave(promotion);
        };
        let asked = 0;
        for (const each of steps) {
          await world.clock.sleep(1000);
          if (each.do === 'acquire') {
            all.push(await world.acquire(each.release, each.kind, `asker-${++asked}`));
          }
          const current = holder();
          if (each.do === 'finish' && current) await finish(current);
          if (each.do === 'crash' && current) {
            // Dies silently; its lease runs out.
            gone.add(current);
            await world.clock.sleep(301_000);
          }
          if (each.do === 'vanish') {
            const waiting = all.find(
              (promotion) => world.answer(promotion) === undefined && !gone.has(promotion),
            );
            if (waiting) {
              gone.add(waiting);
              await world.leave(waiting);
            }
          }
          await watch();
        }
        // Whoever holds it now dies as well: the next call of anybody mends it.
        const last = holder();
        if (last) gone.add(last);
        await world.clock.sleep(301_000);
        await world.leave({ ...target, release: 9, attempt: 99, kind: 'promotion' });
        await watch();
        for (let current = holder(); current !== undefined; current = holder()) {
          await finish(current);
          await watch();
        }
        const stranded = all.filter(
          (promotion) => world.answer(promotion) === undefined && !gone.has(promotion),
        );
        expect(stranded).toEqual([]);
      }),
      { numRuns: 150 },
    );
  });
});
