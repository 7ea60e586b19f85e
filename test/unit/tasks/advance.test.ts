import { beforeEach, describe, expect, it } from 'vitest';
import { ManifestRefusedError } from '#domain/errors.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import {
  configMap,
  createDeploymentHarness,
  createSteppedClock,
  type DeploymentHarness,
  deployment,
  image,
  namespace,
  service,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf, fenceAddress, hold, target } from './deployment-steps.ts';
import { removeBehind, runningCluster, withFinalizers, witnessed } from './staged-cluster.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const names = () => harness.memory.objects().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const versions = () => harness.memory.objects().map(({ metadata }) => metadata.resourceVersion);
const extra = configMap('extra', { a: '1' });
const none = { created: 0, configured: 0, unchanged: 0, pruned: 0 };
const many = Array.from({ length: 25 }, (_, index) => configMap(`settings-${index + 10}`, { a: '1' }));

describe('Advance, step 0', () => {
  it('applies every object, in waves whatever order they came in', async () => {
    const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace } };
    const { applied } = await apply(harness, [...shop(1).toReversed(), account]);
    expect(names()).toEqual([
      'ServiceAccount web',
      'ConfigMap web-settings',
      'Service web',
      'Deployment web',
    ]);
    expect(applied).toEqual({ step: 0, changes: { ...none, created: 4 }, appliedAt: harness.clock.now() });
  });

  it('prunes nothing, and counts nothing that it leaves for step 1', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { applied } = await apply(harness, shop(2));
    expect(applied.changes).toEqual({ ...none, configured: 2, unchanged: 1 });
    expect(names()).toContain('ConfigMap extra');
  });

  it('marks the first write, renews the lease and claims the fence in the cluster', async () => {
    const { promotion, fence, applied } = await apply(harness);
    expect((await harness.promotions.promotion(promotion))?.firstWriteAt).toBe(applied.appliedAt);
    expect((await harness.targets.holder(target))?.leaseUntil).toBe(applied.appliedAt + 300_000);
    expect(await harness.memory.readFence(fenceAddress)).toMatchObject({
      fence,
      holder: 'shop-1-production-1',
    });
  });

  it('claims the fence before the first object', async () => {
    const writes: string[] = [];
    await apply(await witnessed((write) => void writes.push(write)), [service('web')]);
    expect(writes).toEqual(['fence 1', `apply Service ${namespace}/web`]);
  });

  it('takes the fence over from an earlier holder', async () => {
    await harness.memory.writeFence(fenceAddress, { fence: 0, holder: 'shop-9-production-1' }, undefined);
    await apply(harness);
    expect(await harness.memory.readFence(fenceAddress)).toMatchObject({
      fence: 1,
      holder: 'shop-1-production-1',
    });
  });

  it('changes nothing the second time; the first mark stands', async () => {
    const { promotion, applied, input } = await apply(harness);
    const before = versions();
    await harness.clock.sleep(10_000);
    const again = await harness.tasks.advance({ ...input, step: 0 });
    expect(again).toEqual({ ...applied, appliedAt: applied.appliedAt + 10_000 });
    expect(versions()).toEqual(before);
    expect((await harness.promotions.promotion(promotion))?.firstWriteAt).toBe(applied.appliedAt);
    expect((await harness.targets.holder(target))?.leaseUntil).toBe(again.appliedAt + 300_000);
  });

  it('goes on where a run that was killed stopped', async () => {
    let writes = 0;
    const killed = await witnessed(() => {
      writes += 1;
      if (writes === 3) throw new Error('killed');
    });
    const { input } = await hold(killed);
    await expect(killed.tasks.advance({ ...input, step: 0 })).rejects.toThrow('killed');
    expect(killed.memory.objects()).toHaveLength(1);
    await killed.tasks.advance({ ...input, step: 0 });
    expect(killed.memory.objects()).toHaveLength(3);
  });

  it('begins no later wave once an object is refused', async () => {
    const refusing = await witnessed((write) => {
      if (write.startsWith('apply Service'))
        throw new ManifestRefusedError('Service web: refused by a webhook');
    });
    await expect(apply(refusing)).rejects.toMatchObject({ name: 'ManifestRefusedError' });
    expect(refusing.memory.objects().map(({ kind }) => kind)).toEqual(['ConfigMap']);
  });
});

describe('Advance, step 1', () => {
  it('deletes what the plan prunes, the last wave first, and nothing else', async () => {
    const writes: string[] = [];
    const told = await witnessed((write) => void writes.push(write));
    const worker = deployment('worker', image('web'));
    await told.promote(await told.receive([...shop(1), extra, worker, service('worker')]));
    const { input } = await apply(told, shop(2));
    writes.length = 0;
    expect(await told.tasks.advance({ ...input, step: 1 })).toEqual({
      step: 1,
      changes: { ...none, pruned: 3 },
      appliedAt: told.clock.now(),
    });
    expect(writes.toSorted()).toEqual([
      `remove ConfigMap ${namespace}/extra`,
      `remove Deployment.apps ${namespace}/worker`,
      `remove Service ${namespace}/worker`,
    ]);
    expect(writes[0]).toBe(`remove Deployment.apps ${namespace}/worker`);
    const left = told.memory.objects().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    expect(left.toSorted()).toEqual(['ConfigMap web-settings', 'Deployment web', 'Service web']);
  });

  const extraWith = (annotations: Record<string, string>): KubernetesObject => ({
    ...extra,
    metadata: { ...extra.metadata, annotations },
  });
  it.each<[string, () => Promise<void>, boolean]>([
    ['is gone', () => removeBehind(harness.memory, extra), false],
    [
      'was replaced by another of that name',
      async () => {
        const live = await harness.memory.read(addressOf(extra));
        await removeBehind(harness.memory, extra);
        await harness.memory.applyAs('kubectl', extraWith({ ...live?.metadata.annotations }));
      },
      true,
    ],
    [
      'is told to be kept',
      () => harness.memory.applyAs('kubectl', extraWith({ 'tidegate.dev/prune': 'disabled' })),
      true,
    ],
    [
      'belongs to another application',
      () => harness.memory.applyAs('kubectl', extraWith({ 'tidegate.dev/application': 'billing' })),
      true,
    ],
  ])('leaves alone what since the plan %s', async (_, happens, isLeft) => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { input } = await apply(harness, shop(2));
    await happens();
    const { changes } = await harness.tasks.advance({ ...input, step: 1 });
    expect(changes.pruned).toBe(1);
    expect(names().includes('ConfigMap extra')).toBe(isLeft);
  });

  it('deletes nothing the second time', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { input } = await apply(harness, shop(2));
    const first = await harness.tasks.advance({ ...input, step: 1 });
    await harness.memory.applyAs('kubectl', extra);
    expect(await harness.tasks.advance({ ...input, step: 1 })).toEqual(first);
    expect(names()).toContain('ConfigMap extra');
  });
});

describe('Advance and time', () => {
  it.each([
    ['goes on to the last millisecond', 44_999, 25],
    ['stops between two batches when its time is up', 45_000, 10],
  ])('%s', async (_, milliseconds, written) => {
    let first = true;
    const slow = await witnessed(async (write, clock) => {
      if (!write.startsWith('apply') || !first) return;
      first = false;
      await clock.sleep(milliseconds);
    });
    const { input } = await hold(slow, many);
    const { appliedAt, cursor, changes } = await slow.tasks.advance({ ...input, step: 0 });
    expect(slow.memory.objects()).toHaveLength(written);
    expect(changes).toEqual({ ...none, created: 25 });
    expect(cursor).toEqual(written === 25 ? undefined : { batches: 1, appliedAt });
  });

  it.each([
    ['applies', 0],
    ['prunes', 1],
  ])('%s what takes several calls, each object once, whatever each call costs', async (_, step) => {
    let isCounting = false;
    const written: string[] = [];
    const slow = await witnessed(async (write, clock) => {
      if (!isCounting || write.startsWith('fence')) return;
      written.push(write);
      await clock.sleep(45_000);
    });
    if (step === 1) await slow.promote(await slow.receive([...shop(1), ...many]));
    const { input } = await hold(slow, step === 1 ? shop(1) : many);
    isCounting = true;
    const first = await slow.tasks.advance({ ...input, step });
    const second = await slow.tasks.advance({ ...input, step, cursor: first.cursor ?? null });
    const third = await slow.tasks.advance({ ...input, step, cursor: second.cursor ?? null });
    const { appliedAt } = first;
    expect([first.cursor, second.cursor, third.cursor]).toEqual([
      { batches: 1, appliedAt },
      { batches: 2, appliedAt },
      undefined,
    ]);
    expect(third.appliedAt).toBe(appliedAt);
    expect(written).toHaveLength(25);
    expect(new Set(written).size).toBe(25);
  });

  it('does not go on once the fence is lost between two calls', async () => {
    const slow = await witnessed(async (write, clock) => {
      if (write.startsWith('apply')) await clock.sleep(45_000);
    });
    const { input } = await hold(slow, many);
    const { cursor } = await slow.tasks.advance({ ...input, step: 0 });
    const standing = await slow.memory.readFence(fenceAddress);
    await slow.memory.writeFence(
      fenceAddress,
      { fence: 9, holder: 'shop-9-production-1' },
      standing?.version,
    );
    await expect(slow.tasks.advance({ ...input, step: 0, cursor: cursor ?? null })).rejects.toMatchObject({
      name: 'FenceLostError',
    });
    expect(slow.memory.objects()).toHaveLength(10);
  });
});

describe('Advance and objects that are on their way out', () => {
  async function leaving(seconds: number) {
    const clock = createSteppedClock();
    const memory = runningCluster(clock);
    const cluster = withFinalizers(memory, clock, seconds);
    const slow = { ...(await createDeploymentHarness({ clock, cluster })), memory };
    await slow.promote(await slow.receive([service('web')]));
    const before = await cluster.read(addressOf(service('web')));
    await cluster.remove(addressOf(service('web')), before?.metadata.uid ?? '');
    return { slow, before };
  }

  it('waits until the object has gone, and creates it anew', async () => {
    const { slow, before } = await leaving(20);
    await apply(slow, [service('web')]);
    const live = await slow.cluster.read(addressOf(service('web')));
    expect(live?.metadata.uid).toBeTypeOf('string');
    expect(live?.metadata.uid).not.toBe(before?.metadata.uid);
    expect(live?.metadata).not.toHaveProperty('deletionTimestamp');
  });

  it('gives up for now after 30 s, naming what holds it', async () => {
    const { slow } = await leaving(3600);
    const { input } = await hold(slow, [service('web')]);
    const began = slow.clock.now();
    expect(await failureOf(slow.tasks.advance({ ...input, step: 0 }))).toMatchObject({
      name: 'ClusterUnavailableError',
      message: `Service ${namespace}/web: is being deleted and does not end; its finalizers are example.com/slow`,
      facts: { finalizers: ['example.com/slow'] },
    });
    expect(slow.clock.now() - began).toBe(30_000);
  });
});
