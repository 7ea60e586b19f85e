import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { startPromotion } from '#tasks/start-promotion.ts';
import { executions } from './parts/executions.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'StartPromotion',
  startPromotion({
    releases: createReleaseLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    executions,
    clock: systemClock,
  }),
);
