import { expect, it } from 'vitest';
import { canonicalDigest } from '#domain/canonical-json.ts';
import { keptPipeline, keptPipelineBytes } from '#domain/kept-pipeline.ts';
import { pipelineSchema } from '#domain/pipeline.ts';
import { bytesOf, largestPipeline, pipelineOfBytes } from './sized-pipelines.ts';

it('is the canonical JSON of a pipeline under its digest', () => {
  const pipeline = pipelineOfBytes('web', 400);
  const kept = keptPipeline(pipeline);
  expect(kept).toMatchObject({ application: 'web', digest: canonicalDigest(pipeline) });
  expect(JSON.parse(kept.json)).toEqual(pipeline);
});

it('fits with whatever Parameter Store can hold of one application, many times over', () => {
  const largest = largestPipeline('web');
  expect(keptPipeline(largest).json.length).toBeLessThan(keptPipelineBytes / 4);
  const { environments } = largest;
  const another = { name: 'k', cluster: { name: 'c' }, namespace: 'k' };
  const more = pipelineSchema.safeParse({ ...largest, environments: [...environments, another] });
  expect(more.success).toBe(false);
});

it('is refused where it would not fit into an item', () => {
  expect(bytesOf(pipelineOfBytes('web', keptPipelineBytes))).toBe(keptPipelineBytes);
  expect(() => keptPipeline(pipelineOfBytes('web', keptPipelineBytes))).not.toThrow();
  expect(() => keptPipeline(pipelineOfBytes('web', 500 * 1024))).toThrow(
    'pipeline of application "web" has 512000 bytes, at most 408576 are kept with a release; list fewer environments or approvers',
  );
});
