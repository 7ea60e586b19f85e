import type { PromotionInput, RolloutProgress } from '#domain/promotion.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { RolloutLook } from './watch-rollout.ts';

const noteEveryMilliseconds = 1_000;
const shownObjects = 5;

export interface ProgressNotes {
  /** Notes what a look showed if it differs from the last, at most once a second but when `isLast`. */
  note(look: RolloutLook): Promise<void>;
}

/** Keeps the ledger's picture of a rollout current, without a write for every watch event. */
export function createProgressNotes(promotions: PromotionLedger, promotion: PromotionInput): ProgressNotes {
  let noted = '';
  let notedAt = Number.NEGATIVE_INFINITY;
  return {
    async note({ decision, now, isLast, remedied, diagnosis }) {
      const { readyObjects, totalObjects, waitingFor, warnings } = decision;
      const shown = {
        readyObjects,
        totalObjects,
        waitingFor: waitingFor.slice(0, shownObjects),
        ...(decision.kind === 'waiting' && decision.stableAt !== undefined
          ? { stableAt: decision.stableAt }
          : {}),
        ...(warnings.length === 0
          ? {}
          : { warnings: warnings.slice(0, shownObjects).map(({ text }) => text) }),
        ...(remedied.length === 0 ? {} : { remedied }),
        ...(diagnosis === undefined ? {} : { diagnosis }),
      };
      const text = JSON.stringify(shown);
      if (text === noted || (!isLast && now < notedAt + noteEveryMilliseconds)) return;
      noted = text;
      notedAt = now;
      const progress: RolloutProgress = { ...shown, observedAt: now };
      await promotions.note(promotion, { progress });
    },
  };
}
