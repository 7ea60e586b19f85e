import { beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Inventory } from '#domain/plan.ts';
import {
  configMap,
  createDeploymentHarness,
  createSteppedClock,
  type DeploymentHarness,
  deployment,
  environment,
  image,
  namespace,
  service,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf, fenceAddress, target } from './deployment-steps.ts';
import { removeBehind, runningCluster, withFinalizers, witnessed } from './staged-cluster.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const settings = (greeting: string): KubernetesObject => ({
  ...configMap('web-settings', { greeting }),
  metadata: {
    name: 'web-settings',
    namespace,
    annotations: { 'tidegate.dev/application': 'shop', 'tidegate.dev/environment': environment },
    labels: { 'app.kubernetes.io/managed-by': 'tidegate' },
  },
});
const versions = () => harness.memory.objects().map(({ metadata }) => metadata.resourceVersion);

describe('VerifyRollout', () => {
  it('records every object of the release with its uid, in the order of the release', async () => {
    const { promotion, input } = await apply(harness);
    const { inventory } = await harness.tasks.verifyRollout(input);
    expect(inventory.key).toBe('inventories/shop/1/production/1.json');
    const recorded = await harness.documents.get<Inventory>(inventory);
    const content = (await harness.releases.release(promotion))?.contents?.[environment];
    expect(recorded).toMatchObject({ release: 1, content });
    const live = await Promise.all(shop(1).map((object) => harness.memory.read(addressOf(object))));
    expect(recorded.objects).toEqual(
      shop(1).map(({ apiVersion, kind, metadata }, index) => ({
        identity: { group: kind === 'Deployment' ? 'apps' : '', kind, namespace, name: metadata.name },
        apiVersion,
        uid: live[index]?.metadata.uid,
        fingerprint: expect.stringMatching(/^[\w-]{43}$/),
      })),
    );
  });

  it('records what it had to repair as the cluster was asked about it afterwards', async () => {
    const { input } = await apply(harness);
    await removeBehind(harness.memory, service('web'));
    const { inventory } = await harness.tasks.verifyRollout(input);
    const { objects } = await harness.documents.get<Inventory>(inventory);
    expect(objects.map(({ identity, fingerprint }) => [identity.kind, fingerprint !== undefined])).toEqual([
      ['ConfigMap', true],
      ['Deployment', true],
      ['Service', true],
    ]);
  });

  it('writes nothing where nothing differs, and answers the same when it is run again', async () => {
    const { input } = await apply(harness);
    const before = versions();
    const first = await harness.tasks.verifyRollout(input);
    expect(await harness.tasks.verifyRollout(input)).toEqual(first);
    expect(versions()).toEqual(before);
  });

  it('renews the lease', async () => {
    const { input } = await apply(harness);
    await harness.clock.sleep(200_000);
    await harness.tasks.verifyRollout(input);
    expect((await harness.targets.holder(target))?.leaseUntil).toBe(harness.clock.now() + 300_000);
  });

  it('records a release that brings nothing', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { input } = await apply(harness, [], { confirm: { pruneUpTo: 3 } });
    const { inventory } = await harness.tasks.verifyRollout(input);
    expect(await harness.documents.get<Inventory>(inventory)).toMatchObject({ release: 2, objects: [] });
  });

  it('records after a rollback what was rolled back to, beside what the promotion itself put there', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { input } = await apply(harness, shop(2, 'crashes'));
    const forward = await harness.tasks.verifyRollout(input);
    const error = { name: 'RolloutFailedError', message: 'it failed' };
    const rollback = await harness.tasks.planRollback({ ...input, error });
    if (!rollback.possible) throw new Error(rollback.reason);
    const back = { ...input, mode: 'rollback' as const, plan: rollback.plan };
    await harness.tasks.advance({ ...back, step: 0 });
    const { inventory } = await harness.tasks.verifyRollout(back);
    expect(inventory.key).toBe('inventories/shop/2/production/1-rollback.json');
    expect(inventory.key).not.toBe(forward.inventory.key);
    expect(await harness.documents.get<Inventory>(inventory)).toMatchObject({ release: 1 });
  });
});

describe('VerifyRollout repairs', () => {
  const greeting = async () => (await harness.memory.read(addressOf(configMap('web-settings', {}))))?.data;

  it.each<[string, () => Promise<unknown>]>([
    ['what a run wrote that lost the fence', () => harness.memory.apply(settings('late'), 'write')],
    ['what somebody deleted', () => removeBehind(harness.memory, configMap('web-settings', {}))],
  ])('%s, and nothing else', async (_, happens) => {
    const { input } = await apply(harness);
    const before = versions();
    await happens();
    const { inventory } = await harness.tasks.verifyRollout(input);
    expect(await greeting()).toEqual({ greeting: 'hello 1' });
    expect(versions().filter((version) => before.includes(version))).toHaveLength(2);
    const { objects } = await harness.documents.get<Inventory>(inventory);
    const live = await harness.memory.read(addressOf(configMap('web-settings', {})));
    expect(objects[0]?.uid).toBe(live?.metadata.uid);
  });

  it('a field that the release does not declare by letting it be', async () => {
    const { input } = await apply(harness);
    await harness.memory.applyAs('kubectl', {
      ...settings('hello 1'),
      data: { greeting: 'hello 1', other: '1' },
    });
    const before = versions();
    await harness.tasks.verifyRollout(input);
    expect(versions()).toEqual(before);
  });

  it('no replicas that an autoscaler set meanwhile', async () => {
    const { input } = await apply(harness);
    await harness.memory.applyAs('hpa/scale', deployment('web', image('web', 1), 5));
    await harness.tasks.verifyRollout(input);
    expect(await harness.memory.read(addressOf(deployment('web', '')))).toMatchObject({
      spec: { replicas: 5 },
    });
  });

  it('what is being deleted, once it has gone', async () => {
    const clock = createSteppedClock();
    const cluster = withFinalizers(runningCluster(clock), clock, 5);
    const slow = await createDeploymentHarness({ clock, cluster });
    const { input } = await apply(slow, [service('web')]);
    const before = await cluster.read(addressOf(service('web')));
    await cluster.remove(addressOf(service('web')), before?.metadata.uid ?? '');
    const { inventory } = await slow.tasks.verifyRollout(input);
    const live = await cluster.read(addressOf(service('web')));
    expect(live?.metadata.uid).not.toBe(before?.metadata.uid);
    expect((await slow.documents.get<Inventory>(inventory)).objects[0]?.uid).toBe(live?.metadata.uid);
  });
});

describe('VerifyRollout repairs nothing', () => {
  it('when the ledger gave the target to somebody else', async () => {
    const { input } = await apply(harness);
    await harness.memory.apply(settings('late'), 'write');
    expect(await failureOf(harness.tasks.verifyRollout({ ...input, fence: 7 }))).toMatchObject({
      name: 'FenceLostError',
      message: 'Target "shop/production" is no longer held under fence 7: the last one drawn is 1',
    });
    expect(await harness.memory.read(addressOf(settings('')))).toMatchObject({ data: { greeting: 'late' } });
  });

  it('when a later holder has the fence in the cluster', async () => {
    const { input } = await apply(harness);
    await harness.memory.apply(settings('theirs'), 'write');
    const standing = await harness.memory.readFence(fenceAddress);
    await harness.memory.writeFence(
      fenceAddress,
      { fence: 2, holder: 'shop-2-production-1' },
      standing?.version,
    );
    expect(await failureOf(harness.tasks.verifyRollout(input))).toMatchObject({
      name: 'FenceLostError',
      message:
        "promotion 'shop-1-production-1': its fence 1 is no longer the target's: 'shop-2-production-1' holds 2",
    });
    expect(await harness.memory.read(addressOf(settings('')))).toMatchObject({
      data: { greeting: 'theirs' },
    });
  });

  it('more than what is in flight once the fence is lost on the way', async () => {
    const many = Array.from({ length: 25 }, (_, index) => configMap(`settings-${index + 10}`, { a: '1' }));
    let isVerifying = false;
    let written = 0;
    const lost: Awaited<ReturnType<typeof witnessed>> = await witnessed(async () => {
      if (!isVerifying) return;
      written += 1;
      const standing = await lost.memory.readFence(fenceAddress);
      await lost.memory.writeFence(
        fenceAddress,
        { fence: 9, holder: 'shop-9-production-1' },
        standing?.version,
      );
    });
    const { input } = await apply(lost, many);
    for (const object of many) await removeBehind(lost.memory, object);
    isVerifying = true;
    await expect(lost.tasks.verifyRollout(input)).rejects.toMatchObject({ name: 'FenceLostError' });
    expect(written).toBe(10);
  });

  it('that another application took over', async () => {
    const { input } = await apply(harness);
    const { metadata } = settings('');
    const theirs = { ...metadata, annotations: { 'tidegate.dev/application': 'billing' } };
    await harness.memory.applyAs('tidegate', { ...settings('theirs'), metadata: theirs });
    await expect(harness.tasks.verifyRollout(input)).rejects.toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining("belongs to application 'billing'"),
    });
  });
});
