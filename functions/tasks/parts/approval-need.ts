import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { PromotionLedger, TargetState } from '#ports/promotion-ledger.ts';

// How far back a rollback may go without asking: what was good there was approved for there.
const rememberedStates = 50;

/** Whether people must approve this promotion. A rollback to a release that was good on this target need not be. */
export async function needsApproval(
  promotions: PromotionLedger,
  { application, environment, release, kind }: PromotionInput,
  { approval }: Pick<EnvironmentPolicy, 'approval'>,
  state: TargetState | undefined,
): Promise<boolean> {
  if (approval === undefined) return false;
  if (kind !== 'rollback' || state === undefined) return true;
  const history = await promotions.targetHistory(application, environment, rememberedStates);
  return ![state, ...history].some((known) => known.release === release);
}
