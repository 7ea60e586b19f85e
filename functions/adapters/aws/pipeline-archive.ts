import { keptPipeline, pipelineGone } from '#domain/kept-pipeline.ts';
import type { Pipeline } from '#domain/pipeline.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { Key, LedgerTable } from './ledger-table.ts';
import { absent } from './ledger-table-condition.ts';

const keyOf = (application: string, digest: string): Key => ({
  pk: `APP#${application}`,
  sk: `PIPELINE#${digest}`,
});

/** The pipelines of releases in DynamoDB, each an item of canonical JSON that is written once. */
export function createPipelineArchive(table: LedgerTable): PipelineArchive {
  return {
    async keep(pipeline) {
      const { application, digest, json } = keptPipeline(pipeline);
      // Refused where it stands already: what has the same digest is the same.
      await table.put({ ...keyOf(application, digest), json }, absent);
      return digest;
    },
    async kept(application, digest) {
      const item = await table.get(keyOf(application, digest));
      if (item === undefined) throw pipelineGone(application, digest);
      return JSON.parse(item.json as string) as Pipeline;
    },
  };
}
