import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '#domain/plan.ts';
import type { PlanReference, PromotionInput } from '#domain/promotion.ts';
import type { PlanRollbackResult } from '#tasks/plan-rollback.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
  namespace,
  service,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf, hold, plan, recordGood, target } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const error = { name: 'RolloutFailedError', message: 'Deployment.apps web: it crashed' };
const extra = configMap('extra', { a: '1' });

const rollBack = (promotion: PromotionInput, failed = error): Promise<PlanRollbackResult> =>
  harness.tasks.planRollback({ ...promotion, error: failed });

/** The reference of a rollback that is possible, and its plan. */
async function planned(
  promotion: PromotionInput,
): Promise<{ readonly reference: PlanReference; readonly plan: Plan }> {
  const result = await rollBack(promotion);
  if (!result.possible) throw new Error(result.reason);
  return { reference: result.plan, plan: await harness.documents.get<Plan>(result.plan.document) };
}
const actions = ({ changes }: Plan) =>
  changes.map(({ identity, action }) => `${identity.kind} ${identity.name} ${action}`);

describe('PlanRollback', () => {
  it('plans the way back to the last good release, without what the failed one created', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const good = await harness.promotions.targetState(application, environment);
    const { promotion } = await apply(harness, [...shop(2, 'crashes'), extra]);
    const { reference, plan: kept } = await planned(promotion);
    expect(reference).toEqual({
      document: { bucket: 'documents', key: 'plans/shop/2/production/1-rollback.json', versionId: '1' },
      digest: kept.digest,
      changes: 3,
    });
    expect(kept).toMatchObject({ ...promotion, replacesRelease: 2, notes: [] });
    expect(kept.content).toEqual(
      (await harness.releases.release({ application, release: good?.release ?? 0 }))?.contents?.[environment],
    );
    expect(actions(kept)).toEqual([
      'ConfigMap extra pruned',
      'ConfigMap web-settings configured',
      'Service web unchanged',
      'Deployment web configured',
    ]);
  });

  it('notes the failure, where it goes back to, and that nothing is ready yet', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion } = await apply(harness, shop(2, 'crashes'));
    const { reference } = await planned(promotion);
    expect(await harness.promotions.promotion(promotion)).toMatchObject({
      stage: 'rolling-back',
      failure: error,
      rollbackPlan: reference,
      rollbackToRelease: 1,
      progress: { readyObjects: 0, totalObjects: 3, waitingFor: [], observedAt: harness.clock.now() },
    });
  });

  it('notes the words of a function’s error, not the JSON that carries them', async () => {
    const cause = { errorType: 'ManifestRefusedError', errorMessage: 'ConfigMap web: refused', trace: ['…'] };
    const { promotion } = await plan(harness);
    await rollBack(promotion, { name: 'ManifestRefusedError', message: JSON.stringify(cause) });
    expect((await harness.promotions.promotion(promotion))?.failure).toEqual({
      name: 'ManifestRefusedError',
      message: 'ConfigMap web: refused',
    });
  });

  it('writes nothing to the cluster, and answers the same when it is run again', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion } = await apply(harness, [...shop(2, 'crashes'), extra]);
    const before = harness.memory.objects();
    const first = await rollBack(promotion);
    expect(await rollBack(promotion)).toEqual(first);
    expect(harness.memory.objects()).toEqual(before);
  });

  it('brings back what the failed release had pruned already', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { promotion, input } = await apply(harness, shop(2));
    await harness.tasks.advance({ ...input, step: 1 });
    expect(actions((await planned(promotion)).plan)).toContain('ConfigMap extra created');
  });

  it('goes back to the same release when that was good there before', async () => {
    const release = await harness.receive(shop(1));
    await harness.promote(release);
    await harness.memory.apply(service('web', 'drifted'), 'write');
    const promotion = await harness.open(release, 'rollback');
    const again = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    if (again.outcome !== 'planned') throw new Error(`was ${again.outcome}`);
    const fence = await harness.acquire(promotion);
    await harness.tasks.advance({ ...promotion, mode: 'forward', step: 0, fence, plan: again.plan });
    const { reference } = await planned(promotion);
    expect(reference.changes).toBe(0);
    expect((await harness.promotions.promotion(promotion))?.rollbackToRelease).toBe(1);
  });
});

describe('PlanRollback prunes only what the failed release created', () => {
  it('and not what it was yet to create', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion } = await hold(harness, [...shop(2), extra]);
    await harness.promotions.noteFirstWrite(promotion, harness.clock.now());
    expect(actions((await planned(promotion)).plan)).not.toContain('ConfigMap extra pruned');
  });

  it('and not what was there before it', async () => {
    await harness.promote(await harness.receive(shop(1)));
    await harness.memory.applyAs('kubectl', extra);
    const { promotion } = await apply(harness, [...shop(2), extra]);
    expect(actions((await planned(promotion)).plan)).not.toContain('ConfigMap extra pruned');
  });

  it('and not what is told to be kept', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion } = await apply(harness, [...shop(2), extra]);
    const kept = { ...extra.metadata, annotations: { 'tidegate.dev/prune': 'disabled' } };
    await harness.memory.applyAs('kubectl', { ...extra, metadata: kept });
    const { plan: rollback } = await planned(promotion);
    expect(actions(rollback)).not.toContain('ConfigMap extra pruned');
    expect(rollback.notes).toEqual([
      `ConfigMap ${namespace}/extra: not pruned, its annotation 'tidegate.dev/prune' says so`,
    ]);
  });
});

describe('PlanRollback is not possible', () => {
  /** A good release 1, and release 2 with this much of it done. */
  async function failing(how: typeof apply | typeof hold = apply): Promise<PromotionInput> {
    await harness.promote(await harness.receive(shop(1)));
    return (await how(harness, shop(2, 'crashes'))).promotion;
  }
  async function heldBy(release: number, kind: 'promotion' | 'rollback' = 'promotion'): Promise<void> {
    for (let known = 3; known <= release; known++) await harness.receive(shop(known));
    await harness.acquire(await harness.open(release, kind));
  }
  const lost = { name: 'FenceLostError', message: 'its fence 2 is no longer the target’s' };

  it.each<[string, () => Promise<PromotionInput>, typeof error, object]>([
    [
      'when nothing was written',
      () => failing(hold),
      error,
      { outcome: 'failed-nothing-applied', reason: 'nothing was written to the cluster' },
    ],
    [
      'when the fence was lost before anything was written',
      () => failing(hold),
      lost,
      { outcome: 'failed-nothing-applied', reason: 'nothing was written to the cluster' },
    ],
    [
      'for the first release ever: its objects are left for diagnosis',
      async () => (await apply(harness, shop(1, 'crashes'))).promotion,
      error,
      {
        outcome: 'failed-not-rolled-back',
        reason: 'there is no earlier good release; its objects are left for diagnosis',
      },
    ],
    [
      'when the cluster says that the fence is lost',
      failing,
      lost,
      { outcome: 'failed-not-rolled-back', reason: 'the target is no longer held by this promotion' },
    ],
    [
      'when nobody holds the target any more',
      async () => {
        const promotion = await failing();
        await harness.targets.release(target, promotion);
        return promotion;
      },
      error,
      { outcome: 'failed-not-rolled-back', reason: 'the target is no longer held by this promotion' },
    ],
    [
      'when a newer release holds the target',
      async () => {
        const promotion = await failing();
        await harness.targets.release(target, promotion);
        await heldBy(3);
        return promotion;
      },
      lost,
      { outcome: 'superseded', reason: "the target is held by 'shop-3-production-1'", supersededBy: 3 },
    ],
    [
      'when a rollback to an older release holds the target',
      async () => {
        const promotion = await failing();
        await harness.targets.release(target, promotion);
        await heldBy(1, 'rollback');
        return promotion;
      },
      error,
      { outcome: 'failed-not-rolled-back', reason: "the target is held by 'shop-1-production-2'" },
    ],
    [
      'when another attempt of the same release holds the target',
      async () => {
        const promotion = await failing();
        await harness.targets.release(target, promotion);
        await heldBy(2, 'rollback');
        return promotion;
      },
      error,
      { outcome: 'failed-not-rolled-back', reason: "the target is held by 'shop-2-production-2'" },
    ],
    [
      'when a newer release came and is through already',
      async () => {
        const promotion = await failing();
        await harness.targets.release(target, promotion);
        await recordGood(harness, await harness.receive(shop(3)));
        return promotion;
      },
      error,
      { outcome: 'superseded', reason: 'the target is no longer held by this promotion', supersededBy: 3 },
    ],
  ])('%s', async (_, happens, failed, result) => {
    const promotion = await happens();
    const objects = harness.memory.objects();
    expect(await rollBack(promotion, failed)).toEqual({ possible: false, ...result });
    expect(await rollBack(promotion, failed)).toEqual({ possible: false, ...result });
    expect(harness.memory.objects()).toEqual(objects);
    const recorded = await harness.promotions.promotion(promotion);
    expect(recorded).toMatchObject({ failure: failed });
    expect(recorded).not.toHaveProperty('rollbackPlan');
    expect(recorded?.stage).not.toBe('rolling-back');
  });

  it('for a promotion that the ledger does not know', async () => {
    const unknown = { application, release: 1, environment, attempt: 3, kind: 'promotion' as const };
    expect(await failureOf(rollBack(unknown))).toMatchObject({
      name: 'RequestInvalidError',
      message: "promotion 'shop-1-production-3': is not known",
    });
  });

  it('over an object that another application took', async () => {
    const promotion = await failing();
    const { metadata } = service('web');
    const theirs = { ...metadata, annotations: { 'tidegate.dev/application': 'billing' } };
    await harness.memory.applyAs('tidegate', { ...service('web'), metadata: theirs });
    await expect(rollBack(promotion)).rejects.toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining("belongs to application 'billing'"),
    });
  });
});
