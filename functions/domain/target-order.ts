import type { PromotionInput } from '#domain/promotion.ts';

/**
 * The newer release on a target that forbids this promotion, if there is one (DESIGN N4): a target takes no older
 * release over a newer one, but by an explicit rollback.
 */
export function supersededOnTarget(
  { kind, release }: PromotionInput,
  onTarget: { readonly release: number } | undefined,
): number | undefined {
  if (kind === 'rollback' || onTarget === undefined || onTarget.release <= release) return undefined;
  return onTarget.release;
}
