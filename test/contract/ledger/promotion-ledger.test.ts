import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { TargetState } from '#ports/promotion-ledger.ts';
import { backends, type Ledgers } from './backends.ts';

let applications = 0;
const inventory = (key: string) => ({ bucket: 'documents', key, versionId: '1' });
const state = (release: number, promotedAt: number, key = `i${release}`): TargetState => ({
  release,
  attempt: 1,
  promotedAt: instant(promotedAt),
  inventory: inventory(key),
});

describe.each(backends)('promotion ledger in $name', ({ start }) => {
  let ledgers: Ledgers;
  beforeAll(async () => {
    ledgers = await start();
  });
  afterAll(() => ledgers.stop());

  const fresh = () => `shop${++applications}`;
  const open = (
    application: string,
    release: number,
    {
      environment = 'production',
      requestedBy = 'walk',
      kind = 'promotion',
    }: Partial<Record<'environment' | 'requestedBy', string>> & Partial<Pick<PromotionInput, 'kind'>> = {},
  ) =>
    ledgers.promotions.open({
      application,
      release,
      environment,
      kind,
      requestedBy,
      openedAt: instant(release * 10),
    });

  it('holds a target when a rollback failed there, until it is lifted or one comes through', async () => {
    const application = fresh();
    const failure = { name: 'RolloutFailedError', message: 'it crashed' };
    const rollbackFailure = { name: 'ManifestRefusedError', message: 'refused' };
    const fail = async (release: number, endedAt: number) => {
      const outcome = 'failed-not-rolled-back';
      const end = { outcome, endedAt: instant(endedAt), failure, rollbackFailure } as const;
      await ledgers.promotions.end(await open(application, release), end);
    };
    const held = () => ledgers.promotions.hold(application, 'production');
    expect(await held()).toBeUndefined();
    await fail(1, 100);
    expect(await held()).toEqual({ release: 1, attempt: 1, heldAt: 100, failure, rollbackFailure });
    await ledgers.promotions.liftHold(application, 'production', instant(99));
    expect(await held()).toBeDefined();
    await ledgers.promotions.liftHold(application, 'production', instant(100));
    expect(await held()).toBeUndefined();
    await fail(2, 200);
    expect(await held()).toMatchObject({ release: 2, heldAt: 200 });
    const back = await open(application, 1, { kind: 'rollback', requestedBy: 'cli' });
    await ledgers.promotions.end(back, { outcome: 'promoted', endedAt: instant(300) }, state(1, 300));
    expect(await held()).toBeUndefined();
    await ledgers.promotions.liftHold(application, 'staging', instant(1));
  });

  it('counts attempts per environment and lists promotions in order of opening', async () => {
    const application = fresh();
    await open(application, 1, { environment: 'staging' });
    await open(application, 1, { environment: 'production' });
    await open(application, 1, { environment: 'staging', requestedBy: 'cli' });
    const listed = await ledgers.promotions.promotions({ application, release: 1 });
    expect(listed.map(({ environment, attempt }) => `${environment} ${attempt}`)).toEqual([
      'staging 1',
      'production 1',
      'staging 2',
    ]);
    expect(listed[0]).toEqual({
      application,
      release: 1,
      environment: 'staging',
      attempt: 1,
      kind: 'promotion',
      stage: 'planning',
      openedAt: 10,
    });
  });

  it('gives the same asker the same attempt, also at once', async () => {
    const application = fresh();
    const opened = await Promise.all(Array.from({ length: 5 }, () => open(application, 1)));
    expect(opened.map(({ attempt }) => attempt)).toEqual([1, 1, 1, 1, 1]);
    const askers = await Promise.all(
      ['a', 'b', 'c'].map((requestedBy) => open(application, 1, { requestedBy })),
    );
    expect(askers.map(({ attempt }) => attempt).sort()).toEqual([2, 3, 4]);
  });

  it('notes facts while the promotion runs and none afterwards', async () => {
    const promotion = await open(fresh(), 1);
    const progress = { readyObjects: 1, totalObjects: 3, waitingFor: ['web'], observedAt: instant(20) };
    await ledgers.promotions.note(promotion, { stage: 'deploying', fence: 4 });
    await ledgers.promotions.note(promotion, { progress });
    await ledgers.promotions.note(promotion, {});
    const noted = { stage: 'deploying', fence: 4, progress };
    expect(await ledgers.promotions.promotion(promotion)).toMatchObject(noted);
    await ledgers.promotions.end(promotion, { outcome: 'withdrawn', endedAt: instant(30) });
    await ledgers.promotions.note(promotion, { stage: 'planning', fence: 9 });
    expect(await ledgers.promotions.promotion(promotion)).toMatchObject({ ...noted, stage: 'ended' });
  });

  it('keeps the first mark of the first write, and refuses one after the end', async () => {
    const promotion = await open(fresh(), 1);
    await ledgers.promotions.noteFirstWrite(promotion, instant(11));
    await ledgers.promotions.noteFirstWrite(promotion, instant(12));
    expect((await ledgers.promotions.promotion(promotion))?.firstWriteAt).toBe(11);
    await ledgers.promotions.end(promotion, { outcome: 'failed-not-rolled-back', endedAt: instant(30) });
    const late = ledgers.promotions.noteFirstWrite(promotion, instant(31));
    await expect(late).rejects.toMatchObject({ name: 'FenceLostError' });
  });

  it('lets the first end stand and replaces the target in the same write', async () => {
    const application = fresh();
    const promotion = await open(application, 1);
    expect(await ledgers.promotions.targetState(application, 'production')).toBeUndefined();
    const end = { outcome: 'promoted', endedAt: instant(50) } as const;
    expect(await ledgers.promotions.end(promotion, end, state(1, 50))).toEqual(end);
    const later = { outcome: 'failed-nothing-applied', endedAt: instant(60) } as const;
    expect(await ledgers.promotions.end(promotion, later, state(2, 60))).toEqual(end);
    expect(await ledgers.promotions.targetState(application, 'production')).toEqual(state(1, 50));
    expect(await ledgers.promotions.targetHistory(application, 'production', 5)).toEqual([state(1, 50)]);
  });

  it('answers one end to callers at once', async () => {
    const application = fresh();
    const promotion = await open(application, 1);
    const ends = await Promise.all(
      [1, 2, 3, 4].map((n) =>
        ledgers.promotions.end(promotion, { outcome: 'promoted', endedAt: instant(n) }, state(1, n)),
      ),
    );
    expect(new Set(ends.map(({ endedAt }) => endedAt)).size).toBe(1);
    const history = await ledgers.promotions.targetHistory(application, 'production', 9);
    expect(history).toEqual([state(1, ends[0]?.endedAt ?? 0)]);
  });

  it('keeps good states, newest first, and one entry for a state whose inventory was renewed', async () => {
    const application = fresh();
    for (const release of [1, 2]) {
      const promotion = await open(application, release);
      await ledgers.promotions.end(
        promotion,
        { outcome: 'promoted', endedAt: instant(release * 100) },
        state(release, release * 100),
      );
    }
    const failed = await open(application, 3);
    const failure = { name: 'RolloutFailedError', message: 'Deployment web: crashed' };
    const ended = {
      outcome: 'failed-rolled-back',
      endedAt: instant(300),
      failure,
      rollbackFailure: failure,
    } as const;
    expect(await ledgers.promotions.end(failed, ended, state(2, 200, 'renewed'))).toEqual(ended);
    const history = await ledgers.promotions.targetHistory(application, 'production', 5);
    expect(history).toEqual([state(2, 200, 'renewed'), state(1, 100)]);
    expect(await ledgers.promotions.targetHistory(application, 'production', 1)).toHaveLength(1);
  });

  it('puts no older release over a newer one, but by a rollback', async () => {
    const application = fresh();
    const newer = await open(application, 6);
    await ledgers.promotions.end(newer, { outcome: 'promoted', endedAt: instant(100) }, state(6, 100));
    const older = await open(application, 5);
    const late = ledgers.promotions.end(older, { outcome: 'promoted', endedAt: instant(200) }, state(5, 200));
    await expect(late).rejects.toMatchObject({ name: 'FenceLostError', facts: { onTarget: 6, release: 5 } });
    expect((await ledgers.promotions.promotion(older))?.outcome).toBeUndefined();

    const back = await open(application, 5, { kind: 'rollback', requestedBy: 'cli' });
    await ledgers.promotions.end(back, { outcome: 'promoted', endedAt: instant(300) }, state(5, 300));
    expect(await ledgers.promotions.targetState(application, 'production')).toEqual(state(5, 300));
  });

  describe('of a rollback that repairs', () => {
    const ends = (outcome: 'promoted' | 'unchanged' | 'failed-rolled-back' | 'superseded') =>
      ({ outcome, endedAt: instant(200) }) as const;
    const dead = async () => {
      const application = fresh();
      const good = await open(application, 1);
      await ledgers.promotions.end(good, { outcome: 'promoted', endedAt: instant(100) }, state(1, 100));
      const died = await open(application, 2);
      await ledgers.promotions.end(died, { outcome: 'failed-not-rolled-back', endedAt: instant(150) });
      const repair = { of: { release: 2, attempt: 1 }, backTo: { release: 1, attempt: 1 } };
      const asked = { environment: 'production', kind: 'rollback', requestedBy: 'settle' } as const;
      const rollback = await ledgers.promotions.open({
        application,
        release: 1,
        ...asked,
        openedAt: instant(160),
        repair,
      });
      expect(await ledgers.promotions.promotion(rollback)).toMatchObject({ attempt: 2, repair });
      return { application, died, rollback };
    };

    it.each(['promoted', 'unchanged'] as const)(
      'corrects what it repaired when it ends %s',
      async (outcome) => {
        const { application, died, rollback } = await dead();
        const back = { ...state(1, 200), attempt: 2 };
        expect(await ledgers.promotions.end(rollback, ends(outcome), back)).toEqual(ends(outcome));
        expect(await ledgers.promotions.targetState(application, 'production')).toEqual(back);
        expect(await ledgers.promotions.promotion(died)).toMatchObject({
          outcome: 'failed-rolled-back',
          endedAt: 150,
          repairedBy: { release: 1, attempt: 2 },
        });
      },
    );

    it.each(['failed-rolled-back', 'superseded'] as const)(
      'corrects nothing when it ends %s',
      async (outcome) => {
        const { died, rollback } = await dead();
        await ledgers.promotions.end(rollback, ends(outcome));
        const recorded = await ledgers.promotions.promotion(died);
        expect(recorded?.outcome).toBe('failed-not-rolled-back');
        expect(recorded?.repairedBy).toBeUndefined();
      },
    );

    it('puts its release over nothing but the state that it was decided against', async () => {
      const { application, died, rollback } = await dead();
      const newer = await open(application, 3);
      await ledgers.promotions.end(newer, { outcome: 'promoted', endedAt: instant(180) }, state(3, 180));
      const late = ledgers.promotions.end(rollback, ends('promoted'), { ...state(1, 200), attempt: 2 });
      await expect(late).rejects.toMatchObject({
        name: 'FenceLostError',
        facts: { onTarget: 3, release: 1 },
      });
      expect(await ledgers.promotions.targetState(application, 'production')).toEqual(state(3, 180));
      expect((await ledgers.promotions.promotion(died))?.outcome).toBe('failed-not-rolled-back');
    });
  });

  it('keeps environments and applications apart', async () => {
    const application = fresh();
    const staging = await open(application, 1, { environment: 'staging' });
    await ledgers.promotions.end(staging, { outcome: 'unchanged', endedAt: instant(1) }, state(1, 1));
    expect(await ledgers.promotions.targetState(application, 'production')).toBeUndefined();
    expect(await ledgers.promotions.promotions({ application, release: 11 })).toEqual([]);
  });

  it('says which promotion it does not know', async () => {
    const ghost = { application: 'ghost', release: 7, environment: 'production', attempt: 2 };
    expect(await ledgers.promotions.promotion(ghost)).toBeUndefined();
    const message = 'Promotion 2 of "ghost" release 7 into "production" is not in the ledger';
    await expect(ledgers.promotions.note(ghost, { fence: 1 })).rejects.toThrow(message);
    await expect(ledgers.promotions.noteFirstWrite(ghost, instant(1))).rejects.toThrow(message);
    const end = ledgers.promotions.end(ghost, { outcome: 'promoted', endedAt: instant(1) });
    await expect(end).rejects.toThrow(message);
  });
});
