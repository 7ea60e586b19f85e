import { describe, expect, it } from 'vitest';
import type { WatchScope } from '#domain/watch-scope.ts';
import { observe } from '#tasks/observe.ts';
import {
  configMap,
  createDeploymentHarness,
  createSteppedClock,
  namespace,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf, hold, target } from './deployment-steps.ts';
import { applied, decided, start } from './observed-rollout.ts';
import { containers, type Stage, unready } from './rollout-stages.ts';
import { runningCluster, withFinalizers } from './staged-cluster.ts';

const extra = configMap('extra', { a: '1' });

describe('Observe', () => {
  it('goes on to verify when all is ready and there is nothing to prune', async () => {
    const { harness, observation } = await applied();
    expect(await harness.tasks.observe(observation)).toEqual({
      next: 'verify',
      readyObjects: 3,
      totalObjects: 3,
    });
  });

  it('goes on to prune where the plan prunes', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { observation } = await apply(harness, shop(2));
    expect(await harness.tasks.observe(observation)).toEqual({
      next: 'advance',
      step: 1,
      readyObjects: 3,
      totalObjects: 3,
    });
  });

  it('has nothing to wait for where the release brings no workload', async () => {
    const harness = await createDeploymentHarness({ stabilityWindowSeconds: 0 });
    const { observation } = await apply(harness, [extra]);
    expect(await harness.tasks.observe(observation)).toMatchObject({ next: 'verify', readyObjects: 1 });
    expect(harness.clock.now()).toBe(observation.appliedAt);
  });

  it('answers the same when it is run again', async () => {
    const { harness, observation } = await applied();
    const first = await harness.tasks.observe(observation);
    const recorded = await harness.promotions.promotion(observation);
    expect(await harness.tasks.observe(observation)).toEqual(first);
    expect(await harness.promotions.promotion(observation)).toMatchObject({ stage: recorded?.stage });
    expect(harness.memory.objects()).toHaveLength(3);
  });

  it.each([
    [0, 1],
    [20, 2],
    [50, 2],
  ])('answers after %i s that nothing is decided', async (watchSeconds, readyObjects) => {
    const { harness, observation } = await applied({ stage: unready });
    const watching = observe(harness, { watchSeconds });
    expect(await watching(observation)).toEqual({ next: 'observe', readyObjects, totalObjects: 3 });
    expect(harness.clock.now() - start).toBe(watchSeconds * 1000);
  });

  it.each<[string, Stage | undefined, string | undefined]>([
    ['decides', undefined, undefined],
    ['fails', containers({ state: { waiting: { reason: 'InvalidImageName' } } }), 'RolloutFailedError'],
  ])('closes its watch when it %s', async (_, stage, name) => {
    const { harness, observation } = await applied(stage === undefined ? {} : { stage });
    const opened: unknown[] = [];
    const closed: unknown[] = [];
    const watched = {
      ...harness.cluster,
      watch: async (scope: WatchScope) => {
        const watch = await harness.cluster.watch(scope);
        opened.push(watch);
        return { ...watch, close: () => closed.push(watch) };
      },
    };
    const watching = observe({ ...harness, clusters: { of: async () => watched } })(observation);
    const outcome = await watching.catch((error: Error) => error);
    expect(opened).toHaveLength(1);
    expect(closed).toEqual(opened);
    if (name === undefined) expect(outcome).toMatchObject({ next: 'verify' });
    else expect(outcome).toMatchObject({ name });
  });
});

describe('Observe and the hold on the target', () => {
  it('renews the lease from when it begins', async () => {
    const { harness, clock, observation } = await applied();
    clock.advance(120);
    await harness.tasks.observe(observation);
    expect((await harness.targets.holder(target))?.leaseUntil).toBe(start + 120_000 + 300_000);
  });

  it.each([0, 1])('watches nothing in step %i when somebody else has the target', async (step) => {
    const { harness, observation } = await applied();
    expect(await failureOf(harness.tasks.observe({ ...observation, step, fence: 7 }))).toMatchObject({
      name: 'FenceLostError',
      message: 'Target "shop/production" is no longer held under fence 7: the last one drawn is 1',
    });
    expect(await harness.promotions.promotion(observation)).not.toHaveProperty('progress');
  });
});

describe('Observe of what was pruned', () => {
  async function pruning(seconds: number, deadlineSeconds = 60) {
    const clock = createSteppedClock(start);
    const memory = runningCluster(clock);
    const cluster = withFinalizers(memory, clock, seconds);
    const harness = { ...(await createDeploymentHarness({ clock, cluster, deadlineSeconds })), memory };
    await harness.promote(await harness.receive([...shop(1), extra, configMap('more', { a: '1' })]));
    const { input } = await hold(harness, shop(1));
    const { appliedAt } = await harness.tasks.advance({ ...input, step: 1 });
    return { harness, clock, observation: { ...input, step: 1, appliedAt } };
  }

  it.each([
    ['at once when nothing holds it', 0, 0],
    ['when the last of it is gone', 7, 7_000],
    ['after several calls', 55, 55_000],
  ])('goes on to verify %s', async (_, seconds, milliseconds) => {
    const { harness, observation } = await pruning(seconds);
    expect(await decided(harness, observation)).toEqual({
      next: 'verify',
      readyObjects: 2,
      totalObjects: 2,
      afterMilliseconds: milliseconds,
    });
  });

  it('answers after its time what is left', async () => {
    const { harness, clock, observation } = await pruning(3600, 600);
    expect(await harness.tasks.observe(observation)).toEqual({
      next: 'observe',
      readyObjects: 0,
      totalObjects: 2,
    });
    expect(clock.now() - observation.appliedAt).toBe(50_000);
  });

  it('fails at the deadline, naming what holds it', async () => {
    const { harness, clock, observation } = await pruning(3600);
    const left = ['extra', 'more'].map(
      (name) => `ConfigMap ${namespace}/${name} (finalizers example.com/slow)`,
    );
    expect(await failureOf(decided(harness, observation))).toMatchObject({
      name: 'ProgressDeadlineExceededError',
      message: `pruning: not done within 60 s; waited for ${left.join('; ')}`,
      facts: { waitingFor: left },
    });
    expect(clock.now() - observation.appliedAt).toBe(60_000);
  });

  it('does not take for pruned what was never deleted', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { input } = await hold(harness, shop(1));
    // Nothing was deleted: as if the delete had been answered and not done.
    const observation = { ...input, step: 1, appliedAt: harness.clock.now() };
    expect(await failureOf(decided(harness, observation))).toMatchObject({
      name: 'ProgressDeadlineExceededError',
      message: `pruning: not done within 60 s; waited for ConfigMap ${namespace}/extra (not being deleted)`,
    });
  });

  it('does not wait for what was kept or is there anew', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { input } = await hold(harness, shop(1));
    const kept = {
      ...extra,
      metadata: { ...extra.metadata, annotations: { 'tidegate.dev/prune': 'disabled' } },
    };
    await harness.memory.applyAs('kubectl', kept);
    const { appliedAt } = await harness.tasks.advance({ ...input, step: 1 });
    expect(await harness.tasks.observe({ ...input, step: 1, appliedAt })).toMatchObject({ next: 'verify' });
  });
});
