import { describe, expect, it } from 'vitest';
import type { Plan } from '#domain/plan.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf } from './deployment-steps.ts';

const error = { name: 'RolloutFailedError', message: 'Deployment.apps web: it crashed' };
const rollBack = async (harness: DeploymentHarness, failed: Awaited<ReturnType<typeof apply>>) =>
  harness.tasks.planRollback({ ...failed.promotion, error });

describe('a release that declares `rollback: forward-only` (KUBERNETES.md R6)', () => {
  const said = { rollback: 'forward-only' } as const;

  it('is not rolled back of its own accord', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive(shop(1)));
    expect(await rollBack(harness, await apply(harness, shop(2, 'crashes'), said))).toEqual({
      possible: false,
      outcome: 'failed-not-rolled-back',
      reason:
        'release 2 declares `rollback: forward-only`; release a mended bundle, or ask for a rollback if the data allows it',
    });
  });

  it('is not repaired either, once its execution died', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive(shop(1)));
    const { promotion: dead } = await apply(harness, shop(2, 'crashes'), said);
    const state = await harness.promotions.targetState(application, environment);
    if (state === undefined) throw new Error('nothing is on the target');
    const repair = await harness.promotions.open({
      application,
      environment,
      release: 1,
      kind: 'rollback',
      requestedBy: 'settle:arn',
      openedAt: harness.clock.now(),
      repair: { of: { release: 2, attempt: dead.attempt }, backTo: { release: 1, attempt: state.attempt } },
    });
    const planning = harness.tasks.planPromotion({ ...repair, round: 1, executionArn });
    expect(await failureOf(planning)).toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining('is not rolled back: release 2 declares `rollback: forward-only`'),
    });
  });

  it('says so where people agree to it', async () => {
    const harness = await createDeploymentHarness();
    const { plan: reference } = await apply(harness, shop(1), said);
    expect((await harness.documents.get<Plan>(reference.document)).notes).toEqual([
      'release: declares `rollback: forward-only`: once it was applied, a failure stops for a person and is not rolled back',
    ]);
  });
});

describe('a first release that fails (KUBERNETES.md R8)', () => {
  const objects = [...shop(1, 'crashes'), configMap('extra', { a: '1' })];
  const names = (harness: DeploymentHarness) => harness.memory.objects().map(({ metadata }) => metadata.name);

  it('is left for diagnosis', async () => {
    const harness = await createDeploymentHarness();
    expect(await rollBack(harness, await apply(harness, objects))).toMatchObject({
      possible: false,
      reason: 'there is no earlier good release; its objects are left for diagnosis',
    });
    expect(names(harness)).toHaveLength(4);
  });

  it('takes what it made with it where the environment says so, and nothing else', async () => {
    const harness = await createDeploymentHarness({ policy: { firstFailure: 'remove' } });
    await harness.memory.applyAs('kubectl', configMap('theirs', { a: '1' }));
    await harness.memory.applyAs('kubectl', configMap('extra', { theirs: '1' }));
    const failed = await apply(harness, objects);
    const rollback = await rollBack(harness, failed);
    if (!rollback.possible) throw new Error(rollback.reason);
    const { residue } = await harness.deploy(failed.promotion, 'rollback', failed.fence, rollback.plan);
    expect(residue).toEqual([]);
    expect(names(harness)).toEqual(['theirs', 'extra']);
    expect(harness.memory.objects().map(({ data }) => data)).toEqual([{ a: '1' }, { theirs: '1' }]);
  });
});
