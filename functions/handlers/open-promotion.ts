import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { openPromotion } from '#tasks/open-promotion.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'OpenPromotion',
  openPromotion({
    promotions: createPromotionLedger(ledgerTable),
    clock: systemClock,
  }),
);
