import { describe, expect, it } from 'vitest';
import { ThrottledError } from '#domain/errors.ts';
import { instant } from '#domain/instant.ts';
import { startRelease } from '#tasks/start-release.ts';
import { pipeline } from '../domain/bundle/bundles.ts';
import { bundleOf, intakeWorld, uploadOf } from './intake-world.ts';

const bytes = Buffer.from('any bytes: StartRelease reads none of them');

describe('an upload', () => {
  it('becomes a release with its version and its pipeline, and starts its state machine', async () => {
    const world = intakeWorld();
    world.bundles.upload(bundleOf('v1'), bytes, instant(5));
    const result = await startRelease(world)(uploadOf(bundleOf('v1')));
    expect(result).toEqual({
      kind: 'started',
      application: 'web',
      release: 1,
      executionArn: expect.stringMatching(/:execution:release:web-1$/),
    });
    expect(world.executions.releases.get('web-1')).toEqual({
      application: 'web',
      release: 1,
      bundle: bundleOf('v1'),
      environments: ['staging', 'production'],
    });
    const release = await world.releases.release({ application: 'web', release: 1 });
    expect(release && (await world.documents.get(release.pipeline))).toEqual(pipeline);
    expect(release).toMatchObject({
      uploadedAt: 5,
      pipeline: { key: expect.stringMatching(/^pipelines\/web\/[0-9a-f]{64}\.json$/) },
      pipelinePins: {
        '/tidegate/web/pipeline': 1,
        '/tidegate/web/environments/staging': 1,
        '/tidegate/web/environments/production': 1,
      },
    });
  });

  it('whose event comes ten times is one release, and once noted writes nothing more', async () => {
    const world = intakeWorld();
    world.bundles.upload(bundleOf('v1'), bytes);
    const deliver = () => startRelease(world)(uploadOf(bundleOf('v1')));
    const results = await Promise.all(Array.from({ length: 10 }, deliver));
    expect(new Set(results.map((result) => JSON.stringify(result))).size).toBe(1);
    expect(world.executions.releases.size).toBe(1);
    const written = world.writes.length;
    await deliver();
    expect(world.writes).toHaveLength(written);
  });

  it('keeps its pipeline when its event comes again after a change of it', async () => {
    const world = intakeWorld();
    world.bundles.upload(bundleOf('v1'), bytes);
    await startRelease(world)(uploadOf(bundleOf('v1')));
    world.pipelines.remove('/tidegate/web/pipeline');
    expect(await startRelease(world)(uploadOf(bundleOf('v1')))).toMatchObject({
      kind: 'started',
      release: 1,
    });
  });

  it('shares the document of a pipeline that has not changed, and has its own of one that has', async () => {
    const world = intakeWorld();
    const receive = async (version: string) => {
      world.bundles.upload(bundleOf(version), bytes, instant(Number(version)));
      await startRelease(world)(uploadOf(bundleOf(version)));
      return (await world.releases.newest('web', 1))[0]?.pipeline;
    };
    const first = await receive('1');
    world.pipelines.put(pipeline);
    expect(await receive('2')).toEqual(first);
    world.pipelines.put({ ...pipeline, environments: pipeline.environments.toReversed() });
    expect((await receive('3'))?.key).not.toBe(first?.key);
  });

  it('older than the newest one is superseded and starts nothing', async () => {
    const world = intakeWorld();
    world.bundles.upload(bundleOf('v2'), bytes, instant(20));
    world.bundles.upload(bundleOf('v1'), bytes, instant(10));
    await startRelease(world)(uploadOf(bundleOf('v2')));
    const late = await startRelease(world)(uploadOf(bundleOf('v1')));
    expect(late).toEqual({ kind: 'superseded', application: 'web', release: 2, supersededBy: 1 });
    expect([...world.executions.releases.keys()]).toEqual(['web-1']);
  });
});

describe('an upload is refused, recorded, and starts nothing', () => {
  it.each([
    ['under no application', 'web.zip', 'must be uploaded as <application>/<name>.zip'],
    ['that is no .zip', 'web/web.tar', 'must be uploaded as <application>/<name>.zip'],
    ['without a name', 'web/.zip', 'must be uploaded as <application>/<name>.zip'],
    [
      'of an unknown application',
      'shop/a.zip',
      'application "shop" is unknown: add its pipeline with `tidegate pipeline put <file>`',
    ],
    [
      'of an impossible application',
      'My%2FApp/a.zip',
      'application "My%2FApp" is unknown: an application is 1–30 characters',
    ],
  ])('%s', async (_, key, message) => {
    const world = intakeWorld();
    const bundle = bundleOf('v1', key);
    world.bundles.upload(bundle, bytes);
    const result = await startRelease(world)(uploadOf(bundle));
    expect(result).toMatchObject({ kind: 'refused', failure: { message: expect.stringContaining(message) } });
    expect(await world.releases.upload(bundle)).toMatchObject({ kind: 'refused' });
    expect(world.executions.releases.size).toBe(0);
  });

  it('when its version is gone', async () => {
    const result = await startRelease(intakeWorld())(uploadOf(bundleOf('v1')));
    expect(result).toMatchObject({
      kind: 'refused',
      failure: { name: 'BundleInvalidError', message: expect.stringContaining('version "v1" was deleted') },
    });
  });

  it('when it is larger than 5 GiB', async () => {
    const world = intakeWorld();
    const head = async () => ({ sizeBytes: 6 * 1024 ** 3, uploadedAt: instant(1), metadata: {} });
    const result = await startRelease({ ...world, bundles: { ...world.bundles, head } })(
      uploadOf(bundleOf('v1')),
    );
    expect(result).toMatchObject({
      failure: { message: 'bundle "web/web.zip" has 6 GiB, at most 5 GiB are read; leave large files out' },
    });
  });

  it('when its pipeline asks for what is not applied', async () => {
    const world = intakeWorld();
    world.bundles.upload(bundleOf('v1'), bytes);
    world.pipelines.putParameter(
      '/tidegate/web/environments/staging',
      '{"name":"staging","cluster":{"name":"c"},"namespace":"x","concurrency":"queue"}',
    );
    expect(await startRelease(world)(uploadOf(bundleOf('v1')))).toMatchObject({
      failure: {
        name: 'PipelineInvalidError',
        message: expect.stringContaining('`concurrency`: "queue" is not applied'),
      },
    });
  });

  it('the same way when its event comes again, though the pipeline is there by now', async () => {
    const world = intakeWorld();
    const bundle = bundleOf('v1', 'shop/a.zip');
    world.bundles.upload(bundle, bytes);
    const first = await startRelease(world)(uploadOf(bundle));
    expect(await startRelease(world)(uploadOf(bundle))).toEqual(first);
    expect(world.writes).toEqual(['refuse']);
  });
});

it('throws what is worth another delivery, and records nothing', async () => {
  const world = intakeWorld();
  const head = async () => Promise.reject(new ThrottledError('s3 answered "SlowDown"'));
  const bundles = { ...world.bundles, head };
  await expect(startRelease({ ...world, bundles })(uploadOf(bundleOf('v1')))).rejects.toThrow('SlowDown');
  expect(world.writes).toEqual([]);
});

it('throws when the bucket keeps no versions', async () => {
  const event = uploadOf(bundleOf('null'));
  await expect(startRelease(intakeWorld())(event)).rejects.toThrow('bucket "bundles" keeps no versions');
});
