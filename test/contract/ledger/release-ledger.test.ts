import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import type { Upload } from '#ports/release-ledger.ts';
import { backends, type Ledgers } from './backends.ts';

let applications = 0;

function upload(application: string, version: string, uploadedAt: number): Upload {
  return {
    application,
    bundle: { bucket: 'bundles', key: `${application}/app.zip`, versionId: version },
    uploadedAt: instant(uploadedAt),
    receivedAt: instant(uploadedAt + 500),
    pipelineDigest: 'sha256:aa',
    pipelinePins: { [`/tidegate/${application}`]: 3 },
    environments: ['staging', 'production'],
  };
}

describe.each(backends)('release ledger in $name', ({ start }) => {
  let ledgers: Ledgers;
  let application: string;
  beforeAll(async () => {
    ledgers = await start();
  });
  afterAll(() => ledgers.stop());
  const fresh = () => {
    application = `shop${++applications}`;
    return application;
  };

  it('numbers uploads from 1, in order', async () => {
    fresh();
    const first = await ledgers.releases.receive(upload(application, 'v1', 1000));
    const second = await ledgers.releases.receive(upload(application, 'v2', 2000));
    expect([first.release, second.release]).toEqual([1, 2]);
    expect(await ledgers.releases.release({ application, release: 1 })).toEqual(first);
    expect((await ledgers.releases.newest(application, 5)).map(({ release }) => release)).toEqual([2, 1]);
    expect((await ledgers.releases.newest(application, 1)).map(({ release }) => release)).toEqual([2]);
  });

  it('gives the same event the same release, ten times at once', async () => {
    fresh();
    const same = upload(application, 'v1', 1000);
    const received = await Promise.all(Array.from({ length: 10 }, () => ledgers.releases.receive(same)));
    expect(new Set(received.map(({ release }) => release))).toEqual(new Set([1]));
    expect(await ledgers.releases.newest(application, 5)).toHaveLength(1);
  });

  it('numbers different uploads that come at once without a gap', async () => {
    fresh();
    const uploads = Array.from({ length: 6 }, (_, index) => upload(application, `v${index}`, 1000));
    const received = await Promise.all(uploads.map((each) => ledgers.releases.receive(each)));
    expect(received.map(({ release }) => release).sort()).toEqual([1, 2, 3, 4, 5, 6]);
    expect(received.every(({ outcome }) => outcome === undefined)).toBe(true);
  });

  it('ends a late older upload as superseded by the newest one, in the same write', async () => {
    fresh();
    await ledgers.releases.receive(upload(application, 'v2', 2000));
    const late = await ledgers.releases.receive(upload(application, 'v1', 1000));
    expect(late).toMatchObject({ release: 2, outcome: 'superseded', supersededBy: 1, endedAt: 1500 });
    const next = await ledgers.releases.receive(upload(application, 'v3', 3000));
    expect(next).toMatchObject({ release: 3 });
    expect(next.outcome).toBeUndefined();
    expect(await ledgers.releases.receive(upload(application, 'v4', 2500))).toMatchObject({
      supersededBy: 3,
    });
  });

  it('keeps the first refusal of an upload, and never refuses a release', async () => {
    fresh();
    const { bundle } = upload(application, 'v1', 1000);
    expect(await ledgers.releases.upload(bundle)).toBeUndefined();
    const failure = { name: 'PipelineInvalidError', message: 'Application "shop" is unknown' };
    await ledgers.releases.refuse(bundle, failure, instant(1));
    await ledgers.releases.refuse(bundle, { name: 'Other', message: 'later' }, instant(2));
    expect(await ledgers.releases.upload(bundle)).toEqual({ kind: 'refused', failure, refusedAt: 1 });

    await ledgers.releases.receive(upload(application, 'v2', 2000));
    const second = upload(application, 'v2', 2000).bundle;
    await ledgers.releases.refuse(second, failure, instant(3));
    expect(await ledgers.releases.upload(second)).toEqual({ kind: 'release', application, release: 1 });
  });

  it('numbers an upload that was refused before, once it can be released', async () => {
    fresh();
    const again = upload(application, 'v1', 1000);
    await ledgers.releases.refuse(again.bundle, { name: 'E', message: 'no pipeline' }, instant(1));
    expect(await ledgers.releases.receive(again)).toMatchObject({ release: 1 });
    expect(await ledgers.releases.upload(again.bundle)).toEqual({ kind: 'release', application, release: 1 });
  });

  it('notes execution and contents', async () => {
    fresh();
    await ledgers.releases.receive(upload(application, 'v1', 1000));
    const contents = { staging: { bucket: 'documents', key: 'c', versionId: '1' } };
    await ledgers.releases.noteExecution({ application, release: 1 }, 'arn:execution');
    await ledgers.releases.noteContents({ application, release: 1 }, contents);
    const release = await ledgers.releases.release({ application, release: 1 });
    expect(release).toMatchObject({ executionArn: 'arn:execution', contents });
  });

  it('lets the first end stand', async () => {
    fresh();
    await ledgers.releases.receive(upload(application, 'v1', 1000));
    const id = { application, release: 1 };
    const failure = { name: 'RolloutFailedError', message: 'Deployment web: container crashed' };
    const first = { outcome: 'failed-rolled-back', endedAt: instant(9), failure } as const;
    expect(await ledgers.releases.end(id, first)).toEqual(first);
    expect(await ledgers.releases.end(id, { outcome: 'succeeded', endedAt: instant(10) })).toEqual(first);
    expect(await ledgers.releases.release(id)).toMatchObject(first);
  });

  it('says which release it does not know', async () => {
    const ghost = { application: 'ghost', release: 7 };
    expect(await ledgers.releases.release(ghost)).toBeUndefined();
    await expect(ledgers.releases.noteExecution(ghost, 'arn')).rejects.toThrow(
      'Release 7 of "ghost" is not in the ledger',
    );
    const end = ledgers.releases.end(ghost, { outcome: 'succeeded', endedAt: instant(1) });
    await expect(end).rejects.toMatchObject({ name: 'RequestInvalidError' });
  });
});
