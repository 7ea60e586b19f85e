import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { ExecutionStatus } from '#domain/settlement.ts';
import { acquireTarget } from '#tasks/acquire-target.ts';
import { releaseTarget } from '#tasks/release-target.ts';
import { type SettleReleaseInput, settleRelease } from '#tasks/settle-release.ts';
import { createWorld, start, type World } from './promotion-world.ts';

const target = { application: 'shop', environment: 'production' };
let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(9);
});

function event(
  machine: 'release' | 'promotion',
  input: object,
  detail: Partial<SettleReleaseInput['detail']> = {},
): SettleReleaseInput {
  return {
    detail: {
      executionArn: `arn:execution:${machine}:one`,
      stateMachineArn: `arn:machine:${machine}`,
      name: 'shop-6-production-1',
      status: 'FAILED',
      input: JSON.stringify(input),
      ...detail,
    },
  };
}

/** Where a promotion stood when its execution died. */
const stages = {
  async planning(): Promise<PromotionInput> {
    return world.openPromotion(6);
  },
  async asking() {
    const promotion = await stages.planning();
    const times = { openedAt: start, expiresAt: instant(start + 9000) };
    await world.approvals.open({
      ...promotion,
      round: 1,
      ...times,
      planDigest: 'd',
      approvers: [],
      taskToken: 'ask-6',
    });
    return promotion;
  },
  async queueing() {
    const other = await world.openPromotion(5);
    await acquireTarget(world)({ ...other, taskToken: 'token-5' });
    const promotion = await stages.planning();
    await acquireTarget(world)({ ...promotion, taskToken: 'token-6' });
    return promotion;
  },
  async holding() {
    const promotion = await stages.planning();
    await acquireTarget(world)({ ...promotion, taskToken: 'token-6' });
    return promotion;
  },
  async writing() {
    const promotion = await stages.holding();
    await world.promotions.noteFirstWrite(promotion, instant(start + 1));
    return promotion;
  },
};

const startedRollback = () => [...world.executions.promotions.values()][0] as PromotionInput;

describe('SettleRelease of a promotion', () => {
  it.each([
    ['planning', 'FAILED', 'failed-nothing-applied', false],
    ['planning', 'ABORTED', 'withdrawn', false],
    ['asking', 'TIMED_OUT', 'failed-nothing-applied', false],
    ['asking', 'ABORTED', 'withdrawn', false],
    ['queueing', 'ABORTED', 'withdrawn', false],
    ['queueing', 'FAILED', 'failed-nothing-applied', false],
    ['holding', 'ABORTED', 'withdrawn', false],
    ['holding', 'TIMED_OUT', 'failed-nothing-applied', false],
    ['writing', 'ABORTED', 'failed-not-rolled-back', true],
    ['writing', 'FAILED', 'failed-not-rolled-back', true],
    ['writing', 'TIMED_OUT', 'failed-not-rolled-back', true],
  ] as const)(
    'that died %s, %s, ends it "%s", rollback started: %s',
    async (stage, status, outcome, rolledBack) => {
      await world.promoted(4, start - 1000);
      const promotion = await stages[stage]();
      const result = await settleRelease(world)(event('promotion', promotion, { status }));
      const rollback = { ...target, release: 4, attempt: 2, kind: 'rollback' };
      expect(result).toEqual({ kind: 'promotion', outcome, ...(rolledBack && { rollback }) });
      expect([...world.executions.promotions.values()]).toEqual(rolledBack ? [rollback] : []);
      const recorded = await world.promotions.promotion(promotion);
      expect(recorded).toMatchObject({ outcome, endedAt: start });
      expect(recorded?.failure === undefined).toBe(status === 'ABORTED');
      expect(await world.targets.holder(target)).toEqual(
        stage === 'queueing' ? expect.objectContaining({ release: 5 }) : undefined,
      );
      expect((await world.approvals.awaited('shop', 'production')).length).toBe(0);
    },
  );

  it('fences first: what still runs of it can write no more', async () => {
    const promotion = await stages.writing();
    await settleRelease(world)(event('promotion', promotion));
    const renewal = world.targets.renew(target, 1, instant(start + 99_000));
    await expect(renewal).rejects.toMatchObject({ name: 'FenceLostError' });
    const another = await stages.planning();
    await settleRelease(world)(event('promotion', another));
    await expect(world.promotions.noteFirstWrite(another, start)).rejects.toMatchObject({
      name: 'FenceLostError',
    });
  });

  it('withdraws its request and wakes who waits for the target', async () => {
    const promotion = await stages.asking();
    await acquireTarget(world)({ ...promotion, taskToken: 'token-6' });
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    await settleRelease(world)(event('promotion', promotion));
    expect(await world.approvals.request({ ...promotion, round: 1 })).toMatchObject({ status: 'withdrawn' });
    expect(world.tokens.answers.get('token-7')).toEqual({ acquired: true, fence: 2 });
  });

  it('leaves the queue waiting until a rollback that it started has had its turn', async () => {
    await world.promoted(4, start - 1000);
    const promotion = await stages.writing();
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    await settleRelease(world)(event('promotion', promotion));
    expect(world.tokens.answers.get('token-7')).toBeUndefined();
    const [rollback] = world.executions.promotions.values();
    await acquireTarget(world)({ ...(rollback as PromotionInput), taskToken: 'token-back' });
    expect(world.tokens.answers.get('token-back')).toEqual({ acquired: true, fence: 2 });
  });

  it('ends it before its rollback starts, which removes what ended promotions left', async () => {
    await world.promoted(4, start - 1000);
    const promotion = await stages.writing();
    const outcomes: unknown[] = [];
    const executions = {
      ...world.executions,
      startPromotion: async (input: PromotionInput) => {
        outcomes.push((await world.promotions.promotion(promotion))?.outcome);
        return world.executions.startPromotion(input);
      },
    };
    await settleRelease({ ...world, executions })(event('promotion', promotion));
    expect(outcomes).toEqual(['failed-not-rolled-back']);
  });

  it('starts no second rollback when its event comes again after the first is through', async () => {
    await world.promoted(4, start - 1000);
    const promotion = await stages.writing();
    await settleRelease(world)(event('promotion', promotion));
    const [rollback] = world.executions.promotions.values();
    await world.promotions.end(rollback as PromotionInput, { outcome: 'promoted', endedAt: start });
    expect((await settleRelease(world)(event('promotion', promotion))).kind).toBe('nothing');
    expect(world.executions.promotions.size).toBe(1);
  });

  it.each([
    ['no good release is on record', async () => {}, 'promotion'],
    ['it was itself a rollback', () => world.promoted(4, start - 1000), 'rollback'],
    ['a later release was promoted since', () => world.promoted(4, start + 5), 'promotion'],
  ] as const)('starts no rollback when %s', async (_case, prepare, kind) => {
    await prepare();
    const promotion = await world.openPromotion(6, { kind });
    await world.promotions.noteFirstWrite(promotion, instant(start + 1));
    await settleRelease(world)(event('promotion', promotion));
    expect(world.executions.promotions.size).toBe(0);
    expect((await world.promotions.promotion(promotion))?.outcome).toBe('failed-not-rolled-back');
  });

  it('lets nobody have the target between its end and the rollback, which asks for it later', async () => {
    await world.promoted(4, start - 1000);
    await settleRelease(world)(event('promotion', await stages.writing()));
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    expect(world.tokens.answers.get('token-7')).toBeUndefined();
    const rollback = startedRollback();
    world.clock.set(start + 200_000);
    await acquireTarget(world)({ ...rollback, taskToken: 'token-back' });
    expect(world.tokens.answers.get('token-back')).toEqual({ acquired: true, fence: 2 });
    expect((await world.targets.holder(target))?.leaseUntil).toBe(start + 500_000);
    await releaseTarget(world)(rollback);
    expect(world.tokens.answers.get('token-7')).toEqual({ acquired: true, fence: 3 });
  });

  it('keeps the place of a rollback that never asks no longer than a lease', async () => {
    await world.promoted(4, start - 1000);
    await settleRelease(world)(event('promotion', await stages.writing()));
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    world.clock.set(start + 301_000);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    expect(world.tokens.answers.get('token-7')).toEqual({ acquired: true, fence: 3 });
  });

  it('ends the rollback superseded where another release was promoted since, and never goes over that', async () => {
    await world.promoted(4, start - 1000);
    const promotion = await stages.writing();
    world.clock.set(start + 301_000);
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    await settleRelease(world)(event('promotion', promotion));
    expect(await world.targets.holder(target)).toMatchObject({ release: 7 });
    const rollback = startedRollback();
    await acquireTarget(world)({ ...rollback, taskToken: 'token-back' });
    await world.promoted(7, start + 302_000);
    await releaseTarget(world)(next);
    const superseded = { acquired: false, outcome: 'superseded', supersededBy: 7 };
    expect(world.tokens.answers.get('token-back')).toEqual(superseded);
    await acquireTarget(world)({ ...rollback, taskToken: 'token-again' });
    expect(world.tokens.answers.get('token-again')).toEqual(superseded);
    expect(await world.targets.holder(target)).toBeUndefined();
  });

  it('says that it was rolled back once its rollback is through', async () => {
    const state = await world.promoted(4, start - 1000);
    const promotion = await stages.writing();
    await settleRelease(world)(event('promotion', promotion));
    const { attempt } = startedRollback();
    const backAgain = { ...state, attempt, promotedAt: instant(start + 9) };
    await world.promotions.end(
      startedRollback(),
      { outcome: 'promoted', endedAt: instant(start + 9) },
      backAgain,
    );
    const repaired = { outcome: 'failed-rolled-back', repairedBy: { release: 4, attempt }, endedAt: start };
    expect(await world.promotions.promotion(promotion)).toMatchObject(repaired);
    expect((await settleRelease(world)(event('promotion', promotion))).kind).toBe('nothing');
  });

  it('does nothing to a recorded end but free what is still held', async () => {
    const promotion = await stages.writing();
    await world.promotions.end(promotion, { outcome: 'failed-rolled-back', endedAt: start });
    const next = await world.openPromotion(7);
    await acquireTarget(world)({ ...next, taskToken: 'token-7' });
    const result = await settleRelease(world)(event('promotion', promotion));
    expect(result.kind).toBe('nothing');
    expect((await world.promotions.promotion(promotion))?.outcome).toBe('failed-rolled-back');
    expect(world.executions.promotions.size).toBe(0);
    expect(world.tokens.answers.get('token-7')).toEqual({ acquired: true, fence: 2 });
  });

  it.each([
    [
      'the error of a state',
      { error: 'RolloutFailedError', cause: '{"errorMessage":"web: crashed"}' },
      'RolloutFailedError',
      'web: crashed',
    ],
    [
      'a time-out',
      { status: 'TIMED_OUT' as ExecutionStatus },
      'States.Timeout',
      'Execution "shop-6-production-1" ended TIMED_OUT before it could record how',
    ],
    [
      'an error without a word',
      {},
      'States.Runtime',
      'Execution "shop-6-production-1" ended FAILED before it could record how',
    ],
  ])('records %s', async (_case, detail, name, message) => {
    const promotion = await stages.planning();
    await settleRelease(world)(event('promotion', promotion, detail));
    expect((await world.promotions.promotion(promotion))?.failure).toEqual({ name, message });
  });

  it('comes to the same end wherever it is killed on the way', async () => {
    const run = async (killAt: number) => {
      world = await createWorld();
      await world.receiveReleases(9);
      await world.promoted(4, start - 1000);
      const promotion = await stages.asking();
      await acquireTarget(world)({ ...promotion, taskToken: 'token-6' });
      await world.promotions.noteFirstWrite(promotion, instant(start + 1));
      let calls = 0;
      const killed = (): boolean => ++calls === killAt;
      await settleRelease(mortal(world, killed))(event('promotion', promotion)).catch(() => {});
      const finished = calls < killAt;
      await settleRelease(world)(event('promotion', promotion));
      const end = {
        promotion: await world.promotions.promotion(promotion),
        request: await world.approvals.request({ ...promotion, round: 1 }),
        asked: world.tokens.answers.get('ask-6'),
        awaited: await world.approvals.awaited('shop', 'production'),
        rollbacks: [...world.executions.promotions.values()],
        holder: await world.targets.holder(target),
      };
      return { finished, end };
    };
    const whole = await run(Number.POSITIVE_INFINITY);
    expect(whole.end.rollbacks).toHaveLength(1);
    let killAt = 1;
    for (; ; killAt++) {
      const { finished, end } = await run(killAt);
      expect(end).toEqual(whole.end);
      if (finished) break;
    }
    expect(killAt).toBeGreaterThan(10);
  });
});

/** The same ports in a process that dies in one of its calls. */
function mortal(ports: World, killed: () => boolean): World {
  const dying = <Port extends object>(port: Port): Port =>
    new Proxy(port, {
      get(of, name) {
        const member = Reflect.get(of, name);
        if (typeof member !== 'function') return member;
        return (...given: unknown[]) => {
          if (killed()) throw new Error('killed');
          return member.apply(of, given);
        };
      },
    });
  const { releases, promotions, approvals, targets, tokens, executions } = ports;
  return {
    ...ports,
    releases: dying(releases),
    promotions: dying(promotions),
    approvals: dying(approvals),
    targets: dying(targets),
    tokens: dying(tokens),
    executions: dying(executions),
  };
}

describe('SettleRelease of a release', () => {
  const id = { application: 'shop', release: 6 };
  const settle = (status: ExecutionStatus = 'FAILED') =>
    settleRelease(world)(event('release', id, { status }));
  const ended = async (environment: string, outcome: PromotionOutcome) => {
    const promotion = await world.openPromotion(6, { environment });
    await world.promotions.end(promotion, { outcome, endedAt: start });
  };

  it.each([
    ['FAILED', [], 'failed-nothing-applied'],
    ['ABORTED', [], 'withdrawn'],
    ['TIMED_OUT', ['promoted'], 'failed-nothing-applied'],
    ['ABORTED', ['unchanged'], 'withdrawn'],
    ['FAILED', ['failed-rolled-back'], 'failed-rolled-back'],
    ['FAILED', ['promoted', 'rejected'], 'rejected'],
    ['ABORTED', ['promoted', 'failed-not-rolled-back'], 'failed-not-rolled-back'],
    ['FAILED', ['promoted', 'unchanged'], 'succeeded'],
  ] as const)('%s after %s ends it "%s"', async (status, outcomes, outcome) => {
    for (const [index, each] of outcomes.entries()) await ended(['staging', 'production'][index] ?? '', each);
    expect(await settle(status)).toEqual({ kind: 'release', outcome });
    expect(await world.releases.release(id)).toMatchObject({ outcome, endedAt: start });
  });

  it('withdraws what its promotions ask for, and wakes them', async () => {
    const promotion = await stages.asking();
    await settle('ABORTED');
    expect(await world.approvals.request({ ...promotion, round: 1 })).toMatchObject({ status: 'withdrawn' });
    expect(world.tokens.answers.get('ask-6')).toEqual({ decision: 'withdrawn' });
  });

  it('counts what a promotion that still runs has written', async () => {
    await ended('staging', 'promoted');
    await stages.writing();
    expect(await settle('ABORTED')).toEqual({ kind: 'release', outcome: 'failed-not-rolled-back' });
  });

  it('does nothing to a recorded end', async () => {
    await world.releases.end(id, { outcome: 'rejected', endedAt: start });
    expect((await settle()).kind).toBe('nothing');
    expect((await world.releases.release(id))?.outcome).toBe('rejected');
  });
});

describe('SettleRelease of what is not ours', () => {
  it.each([
    ['another machine', event('release', {}, { stateMachineArn: 'arn:machine:other' })],
    [
      'a machine whose name begins alike',
      event('release', {}, { stateMachineArn: 'arn:machine:release-two' }),
    ],
    ['an unknown release', event('release', { application: 'ghost', release: 1 })],
    [
      'an unknown promotion',
      event('promotion', { application: 'ghost', release: 1, environment: 'staging', attempt: 1 }),
    ],
  ])('does nothing for %s', async (_case, input) => {
    expect((await settleRelease(world)(input)).kind).toBe('nothing');
  });

  it('knows a machine behind its alias', async () => {
    const input = event(
      'release',
      { application: 'shop', release: 6 },
      { stateMachineArn: 'arn:machine:release:live' },
    );
    expect((await settleRelease(world)(input)).kind).toBe('release');
  });

  it('fails loudly when the event does not carry the input', async () => {
    const input = event('promotion', {}, { input: null });
    await expect(settleRelease(world)(input)).rejects.toThrow('Execution "shop-6-production-1"');
  });
});
