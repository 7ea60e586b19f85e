import type { PromotionOutcome, ReleaseOutcome } from '#domain/outcome.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Release } from '#domain/release.ts';

/** How an execution can end without a word from its tasks. */
export type ExecutionStatus = 'FAILED' | 'TIMED_OUT' | 'ABORTED';

/** How a promotion ends whose execution ended without recording it. */
export function settledPromotion(
  status: ExecutionStatus,
  { firstWriteAt }: Pick<Promotion, 'firstWriteAt'>,
): PromotionOutcome {
  if (firstWriteAt !== undefined) return 'failed-not-rolled-back';
  return status === 'ABORTED' ? 'withdrawn' : 'failed-nothing-applied';
}

/** What the target knows when a dead promotion is settled. */
export interface TargetFacts {
  /** When the good state on record came there; absent when there is none. */
  readonly goodSince?: number;
  /** Somebody else holds the target already. */
  readonly takenOver: boolean;
}

/**
 * True when the target must be brought back to its last good release. Not after a dead rollback: one that cannot
 * succeed would be followed by the next for ever; a person decides there.
 */
export function needsRollback(
  { kind, firstWriteAt }: Pick<Promotion, 'kind' | 'firstWriteAt'>,
  { goodSince, takenOver }: TargetFacts,
): boolean {
  if (kind === 'rollback' || firstWriteAt === undefined || takenOver || goodSince === undefined) return false;
  return goodSince < firstWriteAt;
}

const isGood = (outcome: PromotionOutcome | undefined): boolean =>
  outcome === 'promoted' || outcome === 'unchanged';

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
