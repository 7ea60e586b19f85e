import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { createTargetLedger } from '#adapters/aws/target-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { verifyRollout } from '#tasks/verify-rollout.ts';
import { clusters } from './parts/clusters.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'VerifyRollout',
  verifyRollout({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    targets: createTargetLedger(ledgerTable),
    clusters,
    documents,
    clock: systemClock,
  }),
);
