import { describe, expect, it } from 'vitest';
import { ThrottledError } from '#domain/errors.ts';
import { startRelease } from '#tasks/start-release.ts';
import { pipeline } from '../domain/bundle/bundles.ts';
import { bundleOf, intakeWorld, uploadOf } from './intake-world.ts';

describe('an upload', () => {
  it('becomes a release with its version and its pipeline, and starts its state machine', async () => {
    const world = intakeWorld();
    const time = '2023-11-14T22:13:20Z';
    const result = await startRelease(world)(uploadOf(bundleOf('v1'), { time }));
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
    expect(release && (await world.archive.kept('web', release.pipelineDigest))).toEqual(pipeline);
    expect(release).toMatchObject({
      uploadedAt: Date.parse(time),
      pipelineDigest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      pipelinePins: {
        '/tidegate/web/pipeline': 1,
        '/tidegate/web/environments/staging': 1,
        '/tidegate/web/environments/production': 1,
      },
    });
  });

  it('whose event comes ten times is one release, and once noted writes nothing more', async () => {
    const world = intakeWorld();
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
    await startRelease(world)(uploadOf(bundleOf('v1')));
    world.pipelines.remove('/tidegate/web/pipeline');
    expect(await startRelease(world)(uploadOf(bundleOf('v1')))).toMatchObject({
      kind: 'started',
      release: 1,
    });
  });

  it('shares a pipeline that has not changed with those before it, and has its own of one that has', async () => {
    const world = intakeWorld();
    const receive = async (version: string) => {
      await startRelease(world)(uploadOf(bundleOf(version)));
      return (await world.releases.newest('web', 1))[0]?.pipelineDigest;
    };
    const first = await receive('1');
    world.pipelines.put(pipeline);
    expect(await receive('2')).toEqual(first);
    world.pipelines.put({ ...pipeline, environments: pipeline.environments.toReversed() });
    expect(await receive('3')).not.toBe(first);
  });

  it('older than the newest one is superseded and starts nothing', async () => {
    const world = intakeWorld();
    await startRelease(world)(uploadOf(bundleOf('v2'), { time: '2023-11-14T22:13:20Z' }));
    const late = await startRelease(world)(uploadOf(bundleOf('v1'), { time: '2023-11-14T22:13:10Z' }));
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
    const result = await startRelease(world)(uploadOf(bundle));
    expect(result).toMatchObject({ kind: 'refused', failure: { message: expect.stringContaining(message) } });
    expect(await world.releases.upload(bundle)).toMatchObject({ kind: 'refused' });
    expect(world.executions.releases.size).toBe(0);
  });

  it('when it is larger than 5 GiB', async () => {
    const event = uploadOf(bundleOf('v1'), { size: 6 * 1024 ** 3 });
    expect(await startRelease(intakeWorld())(event)).toMatchObject({
      failure: { message: 'bundle "web/web.zip" has 6 GiB, at most 5 GiB are read; leave large files out' },
    });
  });

  it('when its pipeline asks for what is not applied', async () => {
    const world = intakeWorld();
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
    const first = await startRelease(world)(uploadOf(bundle));
    expect(await startRelease(world)(uploadOf(bundle))).toEqual(first);
    expect(world.writes).toEqual(['refuse']);
  });
});

it('throws what is worth another delivery, and records nothing', async () => {
  const world = intakeWorld();
  const newest = async () => Promise.reject(new ThrottledError('ssm answered "ThrottlingException"'));
  const pipelines = { ...world.pipelines, newest };
  const started = startRelease({ ...world, pipelines })(uploadOf(bundleOf('v1')));
  await expect(started).rejects.toThrow('ThrottlingException');
  expect(world.writes).toEqual([]);
});

describe("an event that cannot be S3's own is thrown, and nothing is recorded", () => {
  const { time, detail, ...rest } = uploadOf(bundleOf('v1'));
  const withObject = (fields: object) => ({
    ...rest,
    time,
    detail: { ...detail, object: { ...detail.object, ...fields } },
  });
  const advice = "pass S3's event on as EventBridge delivers it";
  it.each([
    [
      'without versions',
      withObject({ 'version-id': 'null' }),
      'bucket "bundles" keeps no versions; turn versioning on',
    ],
    [
      'without a time',
      { ...rest, detail },
      `event of upload "web/web.zip": \`time\` is missing, must be a time like "2026-01-31T09:00:00Z"; ${advice}`,
    ],
    [
      'with a time that is none',
      { ...rest, detail, time: 'yesterday' },
      '`time` is "yesterday", must be a time',
    ],
    [
      'without a size',
      withObject({ size: undefined }),
      '`detail.object.size` is missing, must be a number of bytes',
    ],
    [
      'with a size that is none',
      withObject({ size: '7' }),
      '`detail.object.size` is "7", must be a number of bytes',
    ],
    ['with a negative size', withObject({ size: -1 }), '`detail.object.size` is -1'],
  ])('%s', async (_, event, message) => {
    const world = intakeWorld();
    await expect(startRelease(world)(event as ReturnType<typeof uploadOf>)).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining(message),
    });
    expect(world.writes).toEqual([]);
  });
});
