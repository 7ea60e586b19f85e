import { beforeEach, describe, expect, it } from 'vitest';
import { secondsAfter } from '#domain/instant.ts';
import { addressOf } from '#domain/kinds.ts';
import { fencedCluster } from '#tasks/parts/fenced-cluster.ts';
import { holdFence } from '#tasks/parts/hold-fence.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  executionArn,
  namespace,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf, fenceAddress, hold } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const orchestrator = executionArn.slice(0, executionArn.lastIndexOf(':'));
const foreign = (renewedSecondsAgo: number) => {
  const renewedAt = secondsAfter(harness.clock.now(), -renewedSecondsAgo);
  return {
    holder: 'shop-7-production-1',
    orchestrator: 'arn:another-stack',
    acquiredAt: renewedAt,
    renewedAt,
    durationSeconds: 300,
    transitions: 0,
  };
};

describe('the Lease of a target (KUBERNETES.md A15)', () => {
  it('is taken by the first write, held on by watching and freed by the closing re-read', async () => {
    const { input, observation } = await apply(harness);
    const taken = await harness.memory.readLease(fenceAddress);
    expect(taken).toMatchObject({ holder: 'shop-1-production-1', orchestrator, durationSeconds: 300 });
    await harness.clock.sleep(60_000);
    await harness.tasks.observe(observation);
    const renewed = await harness.memory.readLease(fenceAddress);
    expect((renewed?.renewedAt ?? 0) - (taken?.renewedAt ?? 0)).toBeGreaterThanOrEqual(60_000);
    await harness.tasks.verifyRollout(input);
    expect(await harness.memory.readLease(fenceAddress)).toMatchObject({ holder: '', durationSeconds: 1 });
  });

  it('keeps out whoever knows nothing of the other’s fencing numbers, who has written nothing then', async () => {
    const { input } = await hold(harness);
    await harness.memory.writeLease(fenceAddress, foreign(10), undefined);
    expect(await failureOf(harness.tasks.advance({ ...input, step: 0 }))).toMatchObject({
      name: 'ClusterUnavailableError',
      message: expect.stringContaining("another deployer, 'shop-7-production-1', holds the target's Lease"),
    });
    expect(harness.memory.objects()).toEqual([]);
    expect(await harness.memory.readFence(fenceAddress)).toBeUndefined();
  });

  it('is taken once it has run out', async () => {
    const { input } = await hold(harness);
    await harness.memory.writeLease(fenceAddress, foreign(301), undefined);
    await harness.tasks.advance({ ...input, step: 0 });
    expect(await harness.memory.readLease(fenceAddress)).toMatchObject({ transitions: 1, orchestrator });
  });

  it('does not keep out the successor of a promotion that died', async () => {
    const { promotion } = await apply(harness);
    await harness.targets.release(promotion, promotion);
    const { input } = await hold(harness, shop(2));
    await harness.tasks.advance({ ...input, step: 0 });
    expect(await harness.memory.readLease(fenceAddress)).toMatchObject({ holder: 'shop-2-production-1' });
  });
});

describe('the ApplySet’s parent (KUBERNETES.md P1)', () => {
  const kinds = async () => (await harness.memory.readFence(fenceAddress))?.members?.groupKinds;
  const account = { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { name: 'web', namespace } };

  it('names what is there and what will be before anything is applied, and what is left at the end', async () => {
    await harness.promote(await harness.receive([...shop(1), account]));
    expect(await kinds()).toEqual(['ConfigMap', 'Deployment.apps', 'Service', 'ServiceAccount']);
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 'token', namespace } };
    const { input, observation } = await apply(harness, [...shop(1), secret]);
    const superset = ['ConfigMap', 'Deployment.apps', 'Secret', 'Service', 'ServiceAccount'];
    expect(await kinds()).toEqual(superset);
    const seen = await harness.tasks.observe(observation);
    expect(seen).toMatchObject({ next: 'advance', step: 1 });
    await harness.tasks.advance({ ...input, step: 1 });
    expect(await kinds()).toEqual(superset);
    await harness.tasks.verifyRollout(input);
    expect(await kinds()).toEqual(['ConfigMap', 'Deployment.apps', 'Secret', 'Service']);
  });

  it('goes on naming the kind of what a guard keeps', async () => {
    const kept = {
      ...account,
      metadata: { ...account.metadata, annotations: { 'tidegate.dev/prune': 'disabled' } },
    };
    await harness.promote(await harness.receive([...shop(1), kept]));
    await harness.promote(await harness.receive(shop(2)));
    expect(await kinds()).toContain('ServiceAccount');
  });
});

describe('a write after a pause', () => {
  it('is preceded by a check of the fence, and is not made once it is lost', async () => {
    const { memory, clock } = harness;
    const promotion = { application: 'shop', release: 1, environment: 'production', attempt: 1 };
    const holding = holdFence({ cluster: memory, clock, policy: { namespace }, promotion, fence: 1 });
    await holding.claim({ groupKinds: ['ConfigMap'], namespaces: [namespace] });
    const fenced = fencedCluster(memory, clock, holding);
    await fenced.apply(configMap('a', {}), 'write');
    const standing = await memory.readFence(fenceAddress);
    await memory.writeFence(fenceAddress, { fence: 2, holder: 'shop-2-production-1' }, standing?.version);
    await clock.sleep(251);
    const late = await failureOf(fenced.apply(configMap('b', {}), 'write'));
    const gone = await failureOf(fenced.remove(addressOf(configMap('a', {})), 'uid-1'));
    expect([late.name, gone.name]).toEqual(['FenceLostError', 'FenceLostError']);
    expect(memory.objects().map(({ metadata }) => metadata.name)).toEqual(['a']);
    expect((await fenced.apply(configMap('b', {}), 'dry-run')).kind).toBe('applied');
  });
});
