import { type PromotionInput, promotionExecutionName } from '#domain/promotion.ts';
import { releaseExecutionName } from '#domain/release.ts';
import type { Executions, ReleaseInput } from '#ports/executions.ts';

/** Executions that were started in this process, by name; nothing runs. */
export interface MemoryExecutions extends Executions {
  readonly releases: ReadonlyMap<string, ReleaseInput>;
  readonly promotions: ReadonlyMap<string, PromotionInput>;
}

export function createMemoryExecutions(): MemoryExecutions {
  const releases = new Map<string, ReleaseInput>();
  const promotions = new Map<string, PromotionInput>();
  return {
    releases,
    promotions,
    async startRelease(input) {
      const name = releaseExecutionName(input);
      if (!releases.has(name)) releases.set(name, input);
      return `arn:aws:states:us-east-1:000000000000:execution:release:${name}`;
    },
    async startPromotion(input) {
      const name = promotionExecutionName(input);
      if (!promotions.has(name)) promotions.set(name, input);
      return `arn:aws:states:us-east-1:000000000000:execution:promotion:${name}`;
    },
  };
}
