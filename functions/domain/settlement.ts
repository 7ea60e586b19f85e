import type { PromotionOutcome, ReleaseOutcome } from '#domain/outcome.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Release } from '#domain/release.ts';

/** How an execution can end without a word from its tasks. */
export type ExecutionStatus = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

const isGood = (outcome: PromotionOutcome | undefined): boolean =>
  outcome === 'promoted' || outcome === 'unchanged';

/** How a promotion ends whose execution ended without recording it. */
export function settledPromotion(
  status: ExecutionStatus,
  { firstWriteAt }: Pick<Promotion, 'firstWriteAt'>,
): PromotionOutcome {
  if (firstWriteAt !== undefined) return 'failed-not-rolled-back';
  return status === 'ABORTED' ? 'withdrawn' : 'failed-nothing-applied';
}

/**
 * True when the target must be brought back to its last good release, there since `goodSince`. Not after a dead
 * rollback: one that cannot succeed would be followed by the next for ever; a person decides there.
 */
export function needsRollback(
  { kind, firstWriteAt }: Pick<Promotion, 'kind' | 'firstWriteAt'>,
  goodSince: number,
): boolean {
  return kind === 'promotion' && firstWriteAt !== undefined && goodSince < firstWriteAt;
}

/** True of a rollback that ends by having brought the target back after a promotion that died. */
export function isRepair(
  promotion: Promotion,
  { outcome }: { readonly outcome: PromotionOutcome },
): promotion is Promotion & Required<Pick<Promotion, 'repair'>> {
  return promotion.repair !== undefined && isGood(outcome);
}

/** A release as it stands by now: it ended not fully rolled back, and since then each rollback came through. */
export function asRepaired(release: Release, promotions: readonly Promotion[]): Release {
  if (release.outcome !== 'failed-not-rolled-back') return release;
  const isRepaired =
    promotions.some(({ repairedBy }) => repairedBy !== undefined) &&
    promotions.every(({ outcome }) => outcome !== 'failed-not-rolled-back');
  return isRepaired ? { ...release, outcome: 'failed-rolled-back' } : release;
}

/** How a release ends whose execution ended without recording it, from how far its walk had come. */
export function settledRelease(
  status: ExecutionStatus,
  { environments }: Pick<Release, 'environments'>,
  promotions: readonly Promotion[],
): ReleaseOutcome {
  const last = (environment: string) =>
    promotions.findLast((promotion) => promotion.environment === environment);
  for (const environment of environments) {
    const promotion = last(environment);
    if (isGood(promotion?.outcome)) continue;
    const outcome = promotion?.outcome ?? settledPromotion(status, promotion ?? {});
    return outcome as Exclude<PromotionOutcome, 'promoted' | 'unchanged'>;
  }
  return 'succeeded';
}
