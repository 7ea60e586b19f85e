import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import type { PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { TargetId, TargetWaiter } from '#domain/target.ts';
import { backends, type Ledgers } from './backends.ts';

let applications = 0;

describe.each(backends)('target ledger in $name', ({ start }) => {
  let ledgers: Ledgers;
  let target: TargetId;
  beforeAll(async () => {
    ledgers = await start();
  });
  afterAll(() => ledgers.stop());

  const fresh = () => {
    target = { application: `shop${++applications}`, environment: 'production' };
    return ledgers.targets;
  };
  const promotion = (release: number, kind: PromotionKind = 'promotion', attempt = 1): PromotionInput => ({
    ...target,
    release,
    attempt,
    kind,
  });
  const waiter = (release: number, kind?: PromotionKind, taskToken = `token-${release}`): TargetWaiter => ({
    promotion: promotion(release, kind),
    taskToken,
  });
  const grant = (now = 0, lease = 100) =>
    ledgers.targets.grantNext(target, instant(now), instant(now + lease));

  it('grants a free target to whoever waits, under fence 1', async () => {
    const targets = fresh();
    expect(await grant()).toBeUndefined();
    await targets.enqueue(target, waiter(5));
    expect(await grant()).toEqual({ ...waiter(5), fence: 1 });
    const { kind, ...id } = promotion(5);
    expect(kind).toBe('promotion');
    expect(await targets.holder(target)).toEqual({ ...id, fence: 1, leaseUntil: 100 });
  });

  it('answers the same grant until it is delivered, then nobody while it is held', async () => {
    const targets = fresh();
    await targets.enqueue(target, waiter(5));
    await targets.enqueue(target, waiter(6));
    const first = await grant();
    expect(await grant(10)).toEqual(first);
    await targets.markDelivered(target, 1);
    expect(await grant(20)).toBeUndefined();
    await targets.release(target, promotion(5));
    expect(await grant(30)).toMatchObject({ fence: 2, promotion: { release: 6 } });
  });

  it('reserves a place that holds the target until its promotion asks, or the lease runs out', async () => {
    const targets = fresh();
    const back = promotion(4, 'rollback', 2);
    await targets.enqueue(target, waiter(5));
    await targets.reserve(target, back);
    await targets.reserve(target, back);
    const reserved = { promotion: back, fence: 1 };
    expect(await grant()).toEqual(reserved);
    await targets.reserve(target, back);
    expect(await grant(10)).toEqual(reserved);
    await targets.enqueue(target, { promotion: back, taskToken: 'asked' });
    await targets.reserve(target, back);
    expect(await grant(20)).toEqual({ ...reserved, taskToken: 'asked' });
    expect(await grant(101)).toEqual({ ...waiter(5), fence: 2 });
    expect(await grant(202)).toBeUndefined();
  });

  it('gives a reserved place up with the promotion, and to its token where it asks in the queue', async () => {
    const targets = fresh();
    const back = promotion(4, 'rollback', 2);
    await targets.reserve(target, back);
    await targets.release(target, back);
    expect(await grant()).toBeUndefined();
    await targets.reserve(target, back);
    await targets.enqueue(target, { promotion: back, taskToken: 'asked' });
    await targets.reserve(target, back);
    expect(await grant()).toEqual({ promotion: back, taskToken: 'asked', fence: 1 });
  });

  it('grants rollbacks first, then in order of release', async () => {
    const targets = fresh();
    for (const [release, kind] of [
      [10, 'promotion'],
      [9, 'promotion'],
      [11, 'promotion'],
      [3, 'rollback'],
    ] as const) {
      await targets.enqueue(target, waiter(release, kind));
    }
    const order: number[] = [];
    for (let next = await grant(); next !== undefined; next = await grant()) {
      order.push(next.promotion.release);
      await targets.release(target, next.promotion);
    }
    expect(order).toEqual([3, 9, 10, 11]);
  });

  it('replaces the token of who queues already, and of who was granted', async () => {
    const targets = fresh();
    await targets.enqueue(target, waiter(5, 'promotion', 'old'));
    await targets.enqueue(target, waiter(5, 'promotion', 'new'));
    expect(await grant()).toMatchObject({ taskToken: 'new', fence: 1 });
    await targets.markDelivered(target, 1);
    await targets.enqueue(target, waiter(5, 'promotion', 'newest'));
    expect(await grant()).toMatchObject({ taskToken: 'newest', fence: 1 });
    await targets.release(target, promotion(5));
    expect(await grant()).toBeUndefined();
  });

  it('lets a lease that has run out be taken over, by time', async () => {
    const targets = fresh();
    await targets.enqueue(target, waiter(5));
    await grant(0, 100);
    await targets.markDelivered(target, 1);
    await targets.enqueue(target, waiter(6));
    expect(await grant(99)).toBeUndefined();
    expect(await grant(100)).toMatchObject({ fence: 2, promotion: { release: 6 } });
    const lost = { name: 'FenceLostError', facts: { fence: 1, lastFence: 2 } };
    await expect(targets.renew(target, 1, instant(500))).rejects.toMatchObject(lost);
    await targets.release(target, promotion(5));
    expect(await targets.holder(target)).toMatchObject({ release: 6, fence: 2 });
  });

  it('renews a lease, never shortens it, and not after the target was freed', async () => {
    const targets = fresh();
    await targets.enqueue(target, waiter(5));
    await grant(0, 100);
    await targets.renew(target, 1, instant(400));
    await targets.renew(target, 1, instant(200));
    expect((await targets.holder(target))?.leaseUntil).toBe(400);
    await targets.release(target, promotion(5));
    await expect(targets.renew(target, 1, instant(900))).rejects.toMatchObject({ name: 'FenceLostError' });
    expect(await targets.holder(target)).toBeUndefined();
  });

  it('takes who leaves out of the queue; leaving twice changes nothing', async () => {
    const targets = fresh();
    await targets.enqueue(target, waiter(5));
    await targets.enqueue(target, waiter(4, 'rollback'));
    await targets.release(target, promotion(4, 'rollback'));
    await targets.release(target, promotion(4, 'rollback'));
    expect(await grant()).toMatchObject({ promotion: { release: 5 } });
    await targets.markDelivered(target, 7);
    expect(await grant()).toMatchObject({ fence: 1 });
  });

  it('grants to one, however many ask at once', async () => {
    const targets = fresh();
    await Promise.all([3, 1, 2].map((release) => targets.enqueue(target, waiter(release))));
    const grants = await Promise.all(Array.from({ length: 6 }, () => grant()));
    expect(new Set(grants.map((each) => `${each?.fence} ${each?.promotion.release}`))).toEqual(
      new Set(['1 1']),
    );
  });

  it('never has two holders and never repeats a fence while callers come and go at once', async () => {
    const targets = fresh();
    const fences: number[] = [];
    const run = async (release: number) => {
      await targets.enqueue(target, waiter(release));
      while (!fences.includes(-release)) {
        const granted = await grant();
        if (granted !== undefined && !fences.includes(granted.fence)) {
          fences.push(granted.fence, -granted.promotion.release);
          await targets.markDelivered(target, granted.fence);
          await targets.release(target, granted.promotion);
        }
        await new Promise((resolve) => setTimeout(resolve, 1));
      }
    };
    await Promise.all([1, 2, 3, 4, 5].map(run));
    expect(fences.filter((fence) => fence > 0)).toEqual([1, 2, 3, 4, 5]);
    expect(await grant()).toBeUndefined();
  });
});
