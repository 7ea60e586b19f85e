import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { recordPromotion } from '#tasks/record-promotion.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { tokens } from './parts/tokens.ts';

export const handler = taskHandler(
  'RecordPromotion',
  recordPromotion({
    promotions: createPromotionLedger(ledgerTable),
    approvals: createApprovalLedger(ledgerTable),
    targets: createTargetLedger(ledgerTable),
    documents,
    tokens,
    clock: systemClock,
  }),
);
