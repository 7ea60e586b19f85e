import { createApprovalLedger } from '#adapters/aws/approval-ledger.ts';
import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { confirmPlan } from '#tasks/confirm-plan.ts';
import { clusters } from './parts/clusters.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'ConfirmPlan',
  confirmPlan({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    approvals: createApprovalLedger(ledgerTable),
    clusters,
    documents,
    clock: systemClock,
  }),
);
