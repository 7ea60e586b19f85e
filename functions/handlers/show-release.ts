import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { taskHandler } from '#runtime/handler.ts';
import { showRelease } from '#tasks/show-release.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'ShowRelease',
  showRelease({
    releases: createReleaseLedger(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    approvals: createApprovalLedger(ledgerTable),
    documents,
  }),
);
