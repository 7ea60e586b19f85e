import { FenceLostError } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import type { PromotionId, PromotionInput } from '#domain/promotion.ts';
import type { TargetId, TargetWaiter } from '#domain/target.ts';
import type { TargetLedger } from '#ports/target-ledger.ts';

interface Holding {
  waiter: TargetWaiter;
  delivered: boolean;
  leaseUntil: Instant;
}

interface Queue {
  /** The last number drawn. */
  fence: number;
  holding: Holding | undefined;
  waiters: TargetWaiter[];
}

const same = (one: PromotionId, other: PromotionId): boolean =>
  one.release === other.release && one.attempt === other.attempt;

const ranks = { rollback: 0, promotion: 1 } as const;
const inOrder = (one: PromotionInput, other: PromotionInput): number =>
  ranks[one.kind] - ranks[other.kind] || one.release - other.release || one.attempt - other.attempt;

/** The queue, the lease and the fencing numbers in this process. */
export function createMemoryTargetLedger(): TargetLedger {
  const queues = new Map<string, Queue>();
  const of = ({ application, environment }: TargetId): Queue => {
    const name = `${application}/${environment}`;
    const queue = queues.get(name) ?? { fence: 0, holding: undefined, waiters: [] };
    queues.set(name, queue);
    return queue;
  };

  return {
    async enqueue(target, waiter) {
      const queue = of(target);
      if (queue.holding !== undefined && same(queue.holding.waiter.promotion, waiter.promotion)) {
        queue.holding = { ...queue.holding, waiter, delivered: false };
        return;
      }
      const others = queue.waiters.filter(({ promotion }) => !same(promotion, waiter.promotion));
      queue.waiters = [...others, waiter].sort((a, b) => inOrder(a.promotion, b.promotion));
    },
    async reserve(target, promotion) {
      const queue = of(target);
      const standing = [queue.holding?.waiter, ...queue.waiters];
      if (standing.some((waiter) => waiter !== undefined && same(waiter.promotion, promotion))) return;
      queue.waiters = [...queue.waiters, { promotion }].sort((a, b) => inOrder(a.promotion, b.promotion));
    },
    async grantNext(target, now, leaseUntil) {
      const queue = of(target);
      const { holding } = queue;
      if (holding !== undefined && holding.leaseUntil > now) {
        return holding.delivered ? undefined : { ...holding.waiter, fence: queue.fence };
      }
      const waiter = queue.waiters.shift();
      if (waiter === undefined) return undefined;
      queue.fence += 1;
      queue.holding = { waiter, delivered: false, leaseUntil };
      return { ...waiter, fence: queue.fence };
    },
    async markDelivered(target, fence) {
      const queue = of(target);
      if (queue.holding !== undefined && queue.fence === fence) queue.holding.delivered = true;
    },
    async holder(target) {
      const { holding, fence } = of(target);
      if (holding === undefined) return undefined;
      const { application, release, environment, attempt } = holding.waiter.promotion;
      return { application, release, environment, attempt, fence, leaseUntil: holding.leaseUntil };
    },
    async renew(target, fence, leaseUntil) {
      const queue = of(target);
      if (queue.holding === undefined || queue.fence !== fence) {
        const { application, environment } = target;
        throw new FenceLostError(
          `Target "${application}/${environment}" is no longer held under fence ${fence}: the last one drawn is ${queue.fence}`,
          { application, environment, fence, lastFence: queue.fence },
        );
      }
      if (queue.holding.leaseUntil < leaseUntil) queue.holding.leaseUntil = leaseUntil;
    },
    async release(target, promotion) {
      const queue = of(target);
      queue.waiters = queue.waiters.filter((waiter) => !same(waiter.promotion, promotion));
      if (queue.holding !== undefined && same(queue.holding.waiter.promotion, promotion))
        queue.holding = undefined;
    },
  };
}
