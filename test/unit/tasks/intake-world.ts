import { createMemoryBundleStore } from '#adapters/memory/bundle-store.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import { createMemoryExecutions } from '#adapters/memory/executions.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryPipelineStore } from '#adapters/memory/pipeline-store.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import { instant } from '#domain/instant.ts';
import type { BundleReference } from '#domain/reference.ts';
import { pipeline } from '../domain/bundle/bundles.ts';

export const bundleOf = (versionId: string, key = 'web/web.zip'): BundleReference => ({
  bucket: 'bundles',
  key,
  versionId,
});

/** S3's event as EventBridge delivers it, the parts that matter here. */
export const uploadOf = (
  { bucket, key, versionId }: BundleReference,
  { time = '2023-11-14T22:13:19Z', size = 1 } = {},
) => ({
  source: 'aws.s3',
  'detail-type': 'Object Created',
  time,
  detail: {
    bucket: { name: bucket },
    object: { key, size, etag: 'x', 'version-id': versionId, sequencer: '1' },
  },
});

/** Everything that intake touches, in memory, with the pipeline of `web` in place; counts the ledger's writes. */
export function intakeWorld() {
  const ledger = createMemoryReleaseLedger();
  const writes: string[] = [];
  const noting =
    <Arguments extends unknown[], Answer>(name: string, write: (...values: Arguments) => Answer) =>
    (...values: Arguments): Answer => {
      writes.push(name);
      return write(...values);
    };
  const archive = createMemoryPipelineArchive();
  const pipelines = createMemoryPipelineStore();
  pipelines.put(pipeline);
  return {
    writes,
    releases: {
      ...ledger,
      receive: noting('receive', ledger.receive),
      refuse: noting('refuse', ledger.refuse),
      noteExecution: noting('noteExecution', ledger.noteExecution),
    },
    archive: { ...archive, keep: noting('keep', archive.keep) },
    bundles: createMemoryBundleStore(),
    pipelines,
    documents: createMemoryDocumentStore(),
    executions: createMemoryExecutions(),
    clock: { now: () => instant(1_700_000_000_000), sleep: async () => {} },
  };
}
