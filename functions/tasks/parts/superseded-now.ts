import type { PromotionInput } from '#domain/promotion.ts';
import { supersededOnTarget } from '#domain/target-order.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

/** The release that forbids this promotion on its target as things stand: what a rollback repairs is in the ledger alone. */
export async function supersededNow(
  promotions: PromotionLedger,
  promotion: PromotionInput,
): Promise<number | undefined> {
  const state = await promotions.targetState(promotion.application, promotion.environment);
  const recorded = promotion.kind === 'rollback' ? await promotions.promotion(promotion) : undefined;
  return supersededOnTarget(recorded ?? promotion, state);
}
