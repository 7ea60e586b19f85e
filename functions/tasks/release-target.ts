import type { PromotionInput } from '#domain/promotion.ts';
import { type WakePorts, wakeNextHolder } from './parts/wake-next-holder.ts';

/** Frees the target, or leaves its queue, and wakes whoever is next. Always runs at a promotion's end; safe to repeat. */
export function releaseTarget(ports: WakePorts) {
  return async (promotion: PromotionInput): Promise<{ readonly released: true }> => {
    const { application, environment } = promotion;
    const target = { application, environment };
    await ports.targets.release(target, promotion);
    await wakeNextHolder(ports, target);
    return { released: true };
  };
}
