import { createPipelineArchive } from '#adapters/aws/pipeline-archive.ts';
import { createReleaseLedger } from '#adapters/aws/release-ledger.ts';
import { systemClock } from '#runtime/clock.ts';
import { taskHandler } from '#runtime/handler.ts';
import { startRelease } from '#tasks/start-release.ts';
import { executions } from './parts/executions.ts';
import { ledgerTable } from './parts/ledger-table.ts';
import { pipelines } from './parts/pipelines.ts';

export const handler = taskHandler(
  'StartRelease',
  startRelease({
    releases: createReleaseLedger(ledgerTable),
    pipelines,
    archive: createPipelineArchive(ledgerTable),
    executions,
    clock: systemClock,
  }),
);
