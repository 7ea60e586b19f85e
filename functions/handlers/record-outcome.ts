import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { recordOutcome } from '#tasks/record-outcome.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'RecordOutcome',
  recordOutcome({
    releases: createReleaseLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    clock: systemClock,
  }),
);
