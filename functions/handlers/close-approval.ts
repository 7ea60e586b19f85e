import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { closeApproval } from '#tasks/close-approval.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'CloseApproval',
  closeApproval({
    approvals: createApprovalLedger(ledgerTable),
    clock: systemClock,
  }),
);
