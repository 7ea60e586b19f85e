import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { taskHandler } from '#runtime/handler.ts';
import { planPromotion } from '#tasks/plan-promotion.ts';
import { clusters } from './parts/clusters.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'PlanPromotion',
  planPromotion({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    clusters,
    documents,
  }),
);
