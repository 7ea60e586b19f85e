import { S3Client } from '@aws-sdk/client-s3';
import { createBundleStore } from '#adapters/aws/bundle-store.ts';
import { createDocumentStore } from '#adapters/aws/document-store.ts';
import { createMemoryPipelineArchive } from '#adapters/memory/pipeline-archive.ts';
import { createMemoryReleaseLedger } from '#adapters/memory/release-ledger.ts';
import { instant } from '#domain/instant.ts';
import { pipelineSchema } from '#domain/pipeline.ts';
import type { BundleReference } from '#domain/reference.ts';
import { validateBundle } from '#tasks/validate-bundle.ts';

export interface Job {
  readonly endpoint: string;
  readonly bundle: BundleReference;
}

export interface Measured {
  readonly peakRssBytes: number;
  readonly idleRssBytes: number;
  readonly fetchedBytes: number;
  readonly requests: number;
  readonly milliseconds: number;
  readonly objects: number;
}

const environment = (name: string) => ({ name, cluster: { name: 'c' }, namespace: name });

const credentials = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret' };

/** One run of the task, against S3, counting what comes over the wire. */
async function measure({ endpoint, bundle }: Job): Promise<Measured> {
  const s3 = new S3Client({ endpoint, region: 'us-east-1', credentials, forcePathStyle: true });
  const environments = [environment('staging'), environment('production')];
  const documents = createDocumentStore(s3, { bucket: bundle.bucket });
  const archive = createMemoryPipelineArchive();
  const pipelineDigest = await archive.keep(
    pipelineSchema.parse({
      apiVersion: 'tidegate.dev/v1',
      kind: 'Pipeline',
      application: 'web',
      environments,
    }),
  );
  const releases = createMemoryReleaseLedger();
  const at = instant(0);
  const upload = {
    application: 'web',
    bundle,
    uploadedAt: at,
    receivedAt: at,
    environments: ['staging', 'production'],
  };
  await releases.receive({ ...upload, pipelineDigest, pipelinePins: {} });
  const store = createBundleStore(s3);
  let fetchedBytes = 0;
  let requests = 0;
  const bundles = {
    ...store,
    async read(...range: Parameters<typeof store.read>) {
      requests += 1;
      const stream = await store.read(...range);
      return (async function* () {
        for await (const chunk of stream) {
          fetchedBytes += chunk.length;
          yield chunk;
        }
      })();
    },
  };
  const idleRssBytes = process.memoryUsage.rss();
  const started = performance.now();
  const task = validateBundle({ releases, archive, bundles, documents });
  const { objects } = await task({ application: 'web', release: 1, bundle });
  const milliseconds = performance.now() - started;
  // The kernel's own high-water mark, in KiB: sampling would miss peaks.
  const peakRssBytes = process.resourceUsage().maxRSS * 1024;
  return { peakRssBytes, idleRssBytes, fetchedBytes, requests, milliseconds, objects };
}

process.once('message', async (job: Job) => {
  process.send?.(await measure(job));
  process.disconnect();
});
