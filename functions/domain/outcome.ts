/** How a promotion ended (DESIGN N10). The first seven end the execution SUCCEEDED, the failures FAILED. */
export const promotionOutcomes = [
  'promoted',
  'unchanged',
  'rejected',
  'expired',
  'superseded',
  'outdated',
  'withdrawn',
  'failed-rolled-back',
  'failed-not-rolled-back',
  'failed-nothing-applied',
] as const;
export type PromotionOutcome = (typeof promotionOutcomes)[number];

/** How a release ended: `succeeded` when every environment was promoted or unchanged, else the outcome that ended its walk. */
export type ReleaseOutcome = 'succeeded' | Exclude<PromotionOutcome, 'promoted' | 'unchanged'>;

/** The words people read for an outcome. */
export const outcomeText: Readonly<Record<PromotionOutcome | ReleaseOutcome, string>> = {
  succeeded: 'succeeded',
  promoted: 'promoted',
  unchanged: 'unchanged',
  rejected: 'rejected',
  expired: 'expired',
  superseded: 'superseded',
  outdated: 'outdated',
  withdrawn: 'withdrawn',
  'failed-rolled-back': 'failed, rolled back',
  'failed-not-rolled-back': 'failed, not fully rolled back',
  'failed-nothing-applied': 'failed, nothing applied',
};

/** True when the outcome counts as a failure of the execution. */
export function isFailure(outcome: PromotionOutcome | ReleaseOutcome): boolean {
  return outcome.startsWith('failed-');
}
