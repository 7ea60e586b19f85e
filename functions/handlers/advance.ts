import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createPromotionLedger } from '#adapters/aws/promotion-ledger.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { advance } from '#tasks/advance.ts';
import { clusters } from './parts/clusters.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'Advance',
  advance({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    promotions: createPromotionLedger(ledgerTable),
    targets: createTargetLedger(ledgerTable),
    clusters,
    documents,
    clock: systemClock,
  }),
);
