import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { decideApproval } from '#tasks/decide-approval.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { tokens } from './parts/tokens.ts';

export const handler = taskHandler(
  'DecideApproval',
  decideApproval({
    approvals: createApprovalLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    documents,
    tokens,
    clock: systemClock,
  }),
);
