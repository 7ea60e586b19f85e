import { beforeEach, describe, expect, it } from 'vitest';
import { instant } from '#domain/instant.ts';
import { promotionOutcomes } from '#domain/outcome.ts';
import type { Inventory } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import { recordPromotion } from '#tasks/record-promotion.ts';
import { createWorld, start, type World } from './promotion-world.ts';

const inventory = { bucket: 'documents', key: 'inventories/new', versionId: '1' };
const failure = { name: 'RolloutFailedError', message: 'Deployment web: crashed' };
let world: World;
beforeEach(async () => {
  world = await createWorld();
  await world.receiveReleases(9);
  await world.promoted(5, start - 1000);
});

const state = () => world.promotions.targetState('shop', 'production');
const record = (
  promotion: PromotionInput,
  facts: Omit<Parameters<ReturnType<typeof recordPromotion>>[0], keyof PromotionInput>,
) => recordPromotion(world)({ ...promotion, ...facts });

describe('RecordPromotion', () => {
  it('puts a promoted release on the target', async () => {
    const promotion = await world.openPromotion(6);
    expect(await record(promotion, { outcome: 'promoted', inventory })).toEqual({ outcome: 'promoted' });
    expect(await state()).toEqual({ release: 6, attempt: 1, promotedAt: start, inventory });
    expect(await world.promotions.promotion(promotion)).toMatchObject({
      stage: 'ended',
      outcome: 'promoted',
      endedAt: start,
    });
  });

  it('keeps the good release after a rollback, with the inventory that was verified', async () => {
    const before = await state();
    const promotion = await world.openPromotion(6);
    await record(promotion, { outcome: 'failed-rolled-back', inventory, failure });
    expect(await state()).toEqual({ ...before, inventory });
    expect((await world.promotions.promotion(promotion))?.failure).toEqual(failure);
  });

  it('keeps what was verified after a rollback that left something, and says what', async () => {
    const before = await state();
    const promotion = await world.openPromotion(6);
    const rollbackFailure = { name: 'RollbackResidue', message: 'ConfigMap extra: is still there' };
    await record(promotion, { outcome: 'failed-not-rolled-back', inventory, failure, rollbackFailure });
    expect(await state()).toEqual({ ...before, inventory });
    expect((await world.promotions.promotion(promotion))?.rollbackFailure).toEqual(rollbackFailure);
  });

  it.each(
    promotionOutcomes.filter((outcome) => !['promoted', 'unchanged', 'failed-rolled-back'].includes(outcome)),
  )('leaves the target as it was after "%s"', async (outcome) => {
    const before = await state();
    const promotion = await world.openPromotion(6);
    expect(await record(promotion, { outcome, failure, rollbackFailure: failure, supersededBy: 9 })).toEqual({
      outcome,
      failure,
    });
    expect(await state()).toEqual(before);
    expect(await world.promotions.promotion(promotion)).toMatchObject({
      outcome,
      rollbackFailure: failure,
      supersededBy: 9,
    });
  });

  it('stores what it found when nothing had to change', async () => {
    const promotion = await world.openPromotion(6);
    const object = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { namespace: 'production', name: 'settings' },
    };
    await world.documents.put('contents/6', { objects: [object] });
    const identity = { group: '', kind: 'ConfigMap', namespace: 'production', name: 'settings' };
    const plan = await world.storePlan(promotion, [{ identity, uid: 'u9', action: 'unchanged', fields: [] }]);
    await world.promotions.note(promotion, { plan });
    expect(await record(promotion, { outcome: 'unchanged' })).toEqual({ outcome: 'unchanged' });
    const standing = await state();
    expect(standing).toMatchObject({ release: 6, promotedAt: start });
    expect(await world.documents.get<Inventory>(standing?.inventory ?? inventory)).toEqual({
      release: 6,
      content: { bucket: 'documents', key: 'contents/6', versionId: '1' },
      objects: [{ identity, apiVersion: 'v1', uid: 'u9' }],
    });
  });

  it('ends superseded when nothing had to change but a newer release has come', async () => {
    const promotion = await world.openPromotion(6);
    await world.promoted(7, start);
    const before = await state();
    expect(await record(promotion, { outcome: 'unchanged', inventory })).toEqual({ outcome: 'superseded' });
    expect((await world.promotions.promotion(promotion))?.supersededBy).toBe(7);
    expect(await state()).toEqual(before);
  });

  it('withdraws what a later round still asks for, after one that asked nobody', async () => {
    const promotion = await world.openPromotion(6);
    const request = { ...promotion, round: 2 };
    const times = { openedAt: start, expiresAt: instant(start + 9000) };
    await world.approvals.open({ ...request, ...times, planDigest: 'd', approvers: [], taskToken: 'ask' });
    await record(promotion, { outcome: 'failed-nothing-applied', failure });
    expect((await world.approvals.request(request))?.status).toBe('withdrawn');
  });

  it('lets a rollback put an older release back', async () => {
    const promotion = await world.openPromotion(4, { kind: 'rollback' });
    expect(await record(promotion, { outcome: 'promoted', inventory })).toEqual({ outcome: 'promoted' });
    expect((await state())?.release).toBe(4);
  });

  it('answers the first end when it is repeated', async () => {
    const promotion = await world.openPromotion(6);
    await record(promotion, { outcome: 'promoted', inventory });
    world.clock.set(start + 5000);
    expect(await record(promotion, { outcome: 'failed-not-rolled-back', failure })).toEqual({
      outcome: 'promoted',
    });
    expect((await state())?.promotedAt).toBe(start);
  });

  it('refuses a run that lost the target to a later one', async () => {
    const target = { application: 'shop', environment: 'production' };
    const promotion = await world.openPromotion(8);
    await world.targets.enqueue(target, { promotion, taskToken: 'a' });
    await world.targets.grantNext(target, start, instant(start + 10));
    await world.promotions.note(promotion, { fence: 1 });
    const next = await world.openPromotion(9);
    await world.targets.enqueue(target, { promotion: next, taskToken: 'b' });
    await world.targets.grantNext(target, instant(start + 11), instant(start + 99));
    for (const outcome of ['promoted', 'unchanged'] as const) {
      await expect(record(promotion, { outcome, inventory })).rejects.toMatchObject({
        name: 'FenceLostError',
      });
    }
    expect((await state())?.release).toBe(5);
    expect(await record(promotion, { outcome: 'failed-not-rolled-back', failure })).toMatchObject({
      outcome: 'failed-not-rolled-back',
    });
  });

  it('withdraws what it still asks for', async () => {
    const promotion = await world.openPromotion(6);
    const id = { ...promotion, round: 1 };
    await world.approvals.open({
      ...id,
      planDigest: 'd',
      approvers: [],
      openedAt: start,
      expiresAt: instant(start + 9),
      taskToken: 'token',
    });
    await record(promotion, { outcome: 'failed-nothing-applied', failure });
    expect(await world.approvals.request(id)).toMatchObject({ status: 'withdrawn', closedAt: start });
    expect(world.tokens.answers.get('token')).toEqual({ decision: 'withdrawn' });
  });

  it("records a function's error without its stack", async () => {
    const promotion = await world.openPromotion(6);
    const cause = JSON.stringify({
      errorType: 'RolloutFailedError',
      errorMessage: 'Deployment web: crashed',
      trace: ['at x'],
    });
    await record(promotion, {
      outcome: 'failed-nothing-applied',
      failure: { name: 'RolloutFailedError', message: cause },
    });
    expect((await world.promotions.promotion(promotion))?.failure).toEqual(failure);
  });
});
