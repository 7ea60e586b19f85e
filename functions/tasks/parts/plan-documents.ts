import type { PromotionId, PromotionInput } from '#domain/promotion.ts';

/** The fields that name a promotion, and nothing else that a state may have passed along. */
export function promotionFields({
  application,
  release,
  environment,
  attempt,
  kind,
}: PromotionInput): PromotionInput {
  return { application, release, environment, attempt, kind };
}

/** Where a promotion's plans are kept: one per round, and one for its rollback. */
export function planKey(
  { application, release, environment, attempt }: PromotionInput,
  which: string,
): string {
  return `plans/${application}/${release}/${environment}/${attempt}-${which}.json`;
}

/**
 * Where an object is kept as it was: before it was taken over from others (KUBERNETES.md A6), before it is deleted to be
 * created anew (I3), before it is pruned (P8).
 */
export function savedKey(
  { application, release, environment, attempt }: PromotionId,
  why: 'original' | 'replaced' | 'pruned',
  uid: string,
): string {
  return `saved/${application}/${release}/${environment}/${attempt}/${why}-${uid}.json`;
}

/** Where it is kept what a promotion found in place at its end. */
export function inventoryKey(
  { application, release, environment, attempt }: PromotionInput,
  mode: 'forward' | 'rollback',
): string {
  return `inventories/${application}/${release}/${environment}/${attempt}${mode === 'forward' ? '' : '-rollback'}.json`;
}

/** Where content is kept that a plan makes for itself. */
export function contentKey(
  { application, release, environment, attempt }: PromotionId,
  which: string,
): string {
  return `plans/${application}/${release}/${environment}/${attempt}-content-${which}.json`;
}
