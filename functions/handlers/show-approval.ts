import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { showApproval } from '#tasks/show-approval.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'ShowApproval',
  showApproval({
    approvals: createApprovalLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    documents,
    clock: systemClock,
  }),
);
