import type { PromotionInput, PromotionKind } from '#domain/promotion.ts';
import type { ReleaseId } from '#domain/release.ts';
import type { Clock } from '#ports/clock.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';

export interface OpenPromotionInput extends ReleaseId {
  readonly environment: string;
  readonly kind: PromotionKind;
  /** Unique per asking; the release's execution name when the walk asks. */
  readonly requestedBy: string;
}

/** Gives a promotion its attempt number: the input of the promotion state machine. The same asker gets the same again. */
export function openPromotion({
  promotions,
  clock,
}: {
  promotions: PromotionLedger;
  clock: Clock;
}): (input: OpenPromotionInput) => Promise<PromotionInput> {
  return async ({ application, release, environment, kind, requestedBy }) => {
    const opened = await promotions.open({
      application,
      release,
      environment,
      kind,
      requestedBy,
      openedAt: clock.now(),
    });
    // Stable fields only: the state machine's input must be equal at each start.
    return {
      application: opened.application,
      release: opened.release,
      environment: opened.environment,
      attempt: opened.attempt,
      kind: opened.kind,
    };
  };
}
