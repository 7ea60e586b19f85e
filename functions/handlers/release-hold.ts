import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { taskHandler } from '#runtime/handler.ts';
import { releaseHold } from '#tasks/release-hold.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'ReleaseHold',
  releaseHold({ promotions: createPromotionLedger(ledgerTable) }),
);
