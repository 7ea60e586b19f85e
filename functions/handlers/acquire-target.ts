import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { tokens } from './parts/tokens.ts';

export const handler = taskHandler(
  'AcquireTarget',
  acquireTarget({
    targets: createTargetLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    tokens,
    clock: systemClock,
  }),
);
