import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { canonicalDigest } from '#domain/canonical-json.ts';
import { keptPipelineBytes } from '#domain/kept-pipeline.ts';
import { largestPipeline, pipelineOfBytes } from '../../unit/domain/pipeline/sized-pipelines.ts';
import { backends, type Ledgers } from './backends.ts';

describe.each(backends)('pipeline archive in $name', ({ start }) => {
  let archive: Ledgers['archive'];
  let ledgers: Ledgers;
  beforeAll(async () => {
    ledgers = await start();
    archive = ledgers.archive;
  });
  afterAll(() => ledgers.stop());

  it('keeps a pipeline by its content', async () => {
    const [first, second] = [pipelineOfBytes('shop', 400), pipelineOfBytes('shop', 401)];
    const digests = [await archive.keep(first), await archive.keep(second)];
    expect(digests).toEqual([canonicalDigest(first), canonicalDigest(second)]);
    expect(await archive.kept('shop', canonicalDigest(first))).toEqual(first);
    expect(await archive.kept('shop', canonicalDigest(second))).toEqual(second);
  });

  it('answers the same for the same pipeline, ten times at once and again', async () => {
    const pipeline = pipelineOfBytes('depot', 400);
    const digests = await Promise.all(Array.from({ length: 10 }, () => archive.keep(pipeline)));
    expect(new Set([...digests, await archive.keep(pipeline)]).size).toBe(1);
    expect(await archive.kept('depot', canonicalDigest(pipeline))).toEqual(pipeline);
  });

  it.each([
    ['the largest one of Parameter Store', largestPipeline('vast')],
    ['one as large as is allowed', pipelineOfBytes('vast', keptPipelineBytes)],
  ])('keeps %s', async (_, pipeline) => {
    expect(await archive.kept('vast', await archive.keep(pipeline))).toEqual(pipeline);
  });

  it('refuses one that is larger', async () => {
    await expect(archive.keep(pipelineOfBytes('vast', keptPipelineBytes + 1))).rejects.toMatchObject({
      name: 'PipelineInvalidError',
      message: expect.stringContaining(
        'pipeline of application "vast" has 408577 bytes, at most 408576 are kept',
      ),
    });
  });

  it('says which pipeline it does not have, another application’s included', async () => {
    const digest = await archive.keep(pipelineOfBytes('quay', 400));
    await expect(archive.kept('pier', digest)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: `pipeline "${digest}" of application "pier" is not in the ledger any more; restore it, or upload the bundle again`,
    });
  });
});
