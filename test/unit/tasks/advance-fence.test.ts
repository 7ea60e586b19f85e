import { beforeEach, describe, expect, it } from 'vitest';
import { advance } from '#tasks/advance.ts';
import {
  configMap,
  createDeploymentHarness,
  createSteppedClock,
  type DeploymentHarness,
  namespace,
} from './deployment-harness.ts';
import { apply, failureOf, fenceAddress, hold, target } from './deployment-steps.ts';
import { runningCluster, witnessed } from './staged-cluster.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const extra = configMap('extra', { a: '1' });
const many = Array.from({ length: 25 }, (_, index) => configMap(`settings-${index + 10}`, { a: '1' }));

describe('Advance without the fence', () => {
  it.each([0, 1])(
    'writes nothing in step %i when the ledger gave the target to somebody else',
    async (step) => {
      const { promotion, input } = await hold(harness);
      const failure = await failureOf(harness.tasks.advance({ ...input, step, fence: 7 }));
      expect(failure).toMatchObject({
        name: 'FenceLostError',
        message: 'Target "shop/production" is no longer held under fence 7: the last one drawn is 1',
      });
      expect(harness.memory.objects()).toEqual([]);
      expect(await harness.memory.readFence(fenceAddress)).toBeUndefined();
      expect(await harness.promotions.promotion(promotion)).not.toHaveProperty('firstWriteAt');
    },
  );

  it.each([
    ['a later holder has it', { fence: 2, holder: 'shop-9-production-1' }],
    ['it was drawn by a ledger of before', { fence: 40, holder: 'shop-3-production-2' }],
    ['another holder has the same number', { fence: 1, holder: 'shop-1-preview-1' }],
  ])('writes nothing when in the cluster %s', async (_, standing) => {
    const { promotion, input } = await hold(harness);
    await harness.memory.writeFence(fenceAddress, standing, undefined);
    expect(await failureOf(harness.tasks.advance({ ...input, step: 0 }))).toMatchObject({
      name: 'FenceLostError',
      message: `promotion 'shop-1-production-1': its fence 1 is no longer the target's: '${standing.holder}' holds ${standing.fence}`,
    });
    expect(harness.memory.objects()).toEqual([]);
    expect(await harness.promotions.promotion(promotion)).not.toHaveProperty('firstWriteAt');
  });

  it('writes nothing when the target is taken away while the first write is marked', async () => {
    const { promotion, input } = await hold(harness);
    const promotions: typeof harness.promotions = {
      ...harness.promotions,
      async noteFirstWrite(id, at) {
        await harness.promotions.noteFirstWrite(id, at);
        await harness.targets.release(target, promotion);
      },
    };
    const advancing = advance({ ...harness, promotions })({ ...input, step: 0 });
    await expect(advancing).rejects.toMatchObject({ name: 'FenceLostError' });
    expect(harness.memory.objects()).toEqual([]);
  });

  it.each([
    ['applies', 0],
    ['deletes', 1],
  ])('%s nothing for a promotion that has ended', async (_, step) => {
    await harness.promote(await harness.receive([extra]));
    const { promotion, input } = await hold(harness, many);
    await harness.promotions.end(promotion, { outcome: 'withdrawn', endedAt: harness.clock.now() });
    expect(await failureOf(harness.tasks.advance({ ...input, step }))).toMatchObject({
      name: 'FenceLostError',
      message: 'Promotion 1 of "shop" release 2 has ended',
    });
    expect(harness.memory.objects().map(({ metadata }) => metadata.name)).toEqual(['extra']);
  });

  it.each<[string, (lost: Awaited<ReturnType<typeof witnessed>>) => Promise<unknown>]>([
    [
      'applies',
      async (lost) => {
        const { input } = await hold(lost, many);
        return lost.tasks.advance({ ...input, step: 0 });
      },
    ],
    [
      'prunes',
      async (lost) => {
        await lost.promote(await lost.receive(many));
        const { input } = await hold(lost, [extra]);
        return lost.tasks.advance({ ...input, step: 1 });
      },
    ],
  ])('that is lost on the way %s at most what is in flight', async (verb, run) => {
    let written = 0;
    let armed = verb === 'applies';
    const lost: Awaited<ReturnType<typeof witnessed>> = await witnessed(async (write) => {
      if (write === 'fence 2') armed = true;
      if (!armed || write.startsWith('fence')) return;
      written += 1;
      if (written > 1) return;
      const standing = await lost.memory.readFence(fenceAddress);
      await lost.memory.writeFence(
        fenceAddress,
        { fence: 9, holder: 'shop-9-production-1' },
        standing?.version,
      );
    });
    expect(await failureOf(run(lost))).toMatchObject({
      name: 'FenceLostError',
      message: expect.stringContaining("'shop-9-production-1' holds 9"),
    });
    expect(written).toBe(10);
  });

  it('stops when somebody removed the record of it', async () => {
    let batches = 0;
    const clock = createSteppedClock();
    const memory = runningCluster(clock);
    const readFence: typeof memory.readFence = async (address) => {
      batches += 1;
      return batches > 2 ? undefined : memory.readFence(address);
    };
    const removed = await createDeploymentHarness({ clock, cluster: { ...memory, readFence } });
    expect(await failureOf(apply(removed, many))).toMatchObject({
      name: 'FenceLostError',
      message:
        "promotion 'shop-1-production-1': its fence 1 is gone from the cluster (found none); somebody removed or reset the record",
    });
    expect(memory.objects()).toHaveLength(10);
  });

  it('tries again when somebody was faster, and gives up for now after five times', async () => {
    let refused = 0;
    const clock = createSteppedClock();
    const memory = runningCluster(clock);
    const busy = (times: number) => ({
      ...memory,
      async writeFence(...[address, record, version]: Parameters<typeof memory.writeFence>) {
        refused += 1;
        return refused > times && memory.writeFence(address, record, version);
      },
    });
    const { input } = await hold(harness);
    const on = (cluster: typeof memory) =>
      advance({ ...harness, clusters: { of: async () => cluster } })({ ...input, step: 0 });
    expect(await failureOf(on(busy(5)))).toMatchObject({
      name: 'ClusterUnavailableError',
      message: `fence of application 'shop' in namespace '${namespace}': changed 5 times while it was claimed`,
    });
    expect(memory.objects()).toEqual([]);
    refused = 0;
    expect(await on(busy(4))).toMatchObject({ step: 0 });
  });
});
