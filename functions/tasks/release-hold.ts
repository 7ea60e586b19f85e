import { RequestInvalidError } from '#domain/errors.ts';
import { holdText } from '#domain/hold.ts';
import type { ReleaseHoldInput, ReleaseHoldResult } from '#domain/view.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

/** Lets promotions go to a target again after a rollback failed there (KUBERNETES.md R9): a person has looked. Safe to repeat. */
export function releaseHold({ promotions }: { readonly promotions: PromotionLedger }) {
  return async ({ application, environment }: ReleaseHoldInput): Promise<ReleaseHoldResult> => {
    if (!application || !environment) {
      throw new RequestInvalidError(
        `hold: application ${JSON.stringify(application)} and environment ${JSON.stringify(environment)} must both be named`,
      );
    }
    const hold = await promotions.hold(application, environment);
    if (hold === undefined) return { released: false };
    await promotions.liftHold(application, environment, hold.heldAt);
    return { released: true, was: holdText(hold) };
  };
}
