import { readBundle } from '#domain/bundle.ts';
import type { BundleSource } from '#domain/bundle-ranges.ts';
import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';

/** Staging permits namespaces, production does not. */
export const pipeline: Pipeline = pipelineSchema.parse({
  apiVersion: 'tidegate.dev/v1',
  kind: 'Pipeline',
  application: 'web',
  environments: [
    {
      name: 'staging',
      cluster: { name: 'dev' },
      namespace: 'web-staging',
      clusterScopedKinds: ['Namespace'],
    },
    { name: 'production', cluster: { name: 'live' }, namespace: 'web' },
  ],
});

export const releaseYaml = 'apiVersion: tidegate.dev/v1\nkind: Release\napplication: web\n';

export const configMap = (name: string, more = ''): string =>
  `apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: ${name}\n${more}`;

/** A bundle in memory that counts what is read of it. */
export function sourceOf(
  bytes: Buffer,
  name = 'web/web.zip',
): BundleSource & { readonly read: BundleSource['read']; reads: [number, number][] } {
  const reads: [number, number][] = [];
  return {
    name,
    sizeBytes: bytes.length,
    reads,
    async read(start, end) {
      reads.push([start, end]);
      return [bytes.subarray(start, end)] as unknown as AsyncIterable<Uint8Array>;
    },
  };
}

/** Why a bundle is refused; fails when it is not. */
export async function refusalOf(bytes: Buffer): Promise<string> {
  const outcome = await readBundle(sourceOf(bytes), pipeline).then(
    () => 'accepted',
    (error: Error) => (error.name === 'BundleInvalidError' ? error.message : `${error.name}: ${error.stack}`),
  );
  if (outcome === 'accepted') throw new Error('the bundle was accepted');
  return outcome;
}
