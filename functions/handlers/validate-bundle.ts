import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { taskHandler } from '#runtime/handler.ts';
import { validateBundle } from '#tasks/validate-bundle.ts';
import { bundles } from './parts/bundles.ts';
import { documents } from './parts/documents.ts';
import { ledgerTable } from './parts/ledger-table.ts';

export const handler = taskHandler(
  'ValidateBundle',
  validateBundle({
    releases: createReleaseLedger(ledgerTable),
    archive: createPipelineArchive(ledgerTable),
    bundles,
    documents,
  }),
);
