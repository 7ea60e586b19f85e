import { beforeEach, describe, expect, it } from 'vitest';
import { intentOf } from '#domain/intent.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Inventory } from '#domain/plan.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  namespace,
  shop,
} from './deployment-harness.ts';
import { apply, failureOf } from './deployment-steps.ts';

// What a run writes that was overtaken: under the one manager, with the labels of the one application.
let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const extra = configMap('extra', { a: '1' });
const writeLate = async (...objects: readonly KubernetesObject[]) => {
  for (const object of intentOf(objects, { application, environment, namespace }))
    await harness.memory.apply(object, 'write');
};
const contents = () => harness.memory.objects().map(({ metadata, data }) => [metadata.name, data]);

describe('the closing re-read (DESIGN §4)', () => {
  it('puts back what a late run changed, and takes away what it made', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { input } = await apply(harness, shop(2));
    const before = contents();
    await writeLate(...shop(1), extra);
    expect(contents()).not.toEqual(before);
    await harness.tasks.verifyRollout(input);
    expect(contents()).toEqual(before);
  });

  it('takes away again what was pruned and a late run made again', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const { input, observation } = await apply(harness, shop(2));
    await harness.tasks.observe(observation);
    await harness.tasks.advance({ ...input, step: 1 });
    await writeLate(extra);
    await harness.tasks.verifyRollout(input);
    expect(contents().map(([name]) => name)).not.toContain('extra');
  });

  it('leaves what guards kept when it was planned', async () => {
    const kept = {
      ...extra,
      metadata: { ...extra.metadata, annotations: { 'tidegate.dev/prune': 'disabled' } },
    };
    await harness.promote(await harness.receive([...shop(1), kept]));
    const { inventory } = await harness.promote(await harness.receive(shop(2)));
    expect(contents().map(([name]) => name)).toContain('extra');
    if (inventory === undefined) throw new Error('was not promoted');
    expect((await harness.documents.get<Inventory>(inventory)).objects).toHaveLength(3);
  });

  it('deletes nothing of a first release', async () => {
    const { input } = await apply(harness, shop(1));
    await writeLate(extra);
    await harness.tasks.verifyRollout(input);
    expect(contents().map(([name]) => name)).toContain('extra');
  });

  it('gives up for now, naming it, where somebody keeps changing it', async () => {
    const { input } = await apply(harness, shop(1));
    const { apply: write } = harness.memory;
    let rounds = 0;
    harness.memory.apply = async (object, mode) => {
      const result = await write(object, mode);
      if (mode === 'write' && object.metadata.name === 'web-settings') {
        rounds += 1;
        await harness.memory.applyAs('tidegate', configMap('web-settings', { greeting: `again ${rounds}` }));
      }
      return result;
    };
    await writeLate(configMap('web-settings', { greeting: 'late' }));
    rounds = 0;
    expect(await failureOf(harness.tasks.verifyRollout(input))).toMatchObject({
      name: 'ClusterUnavailableError',
      message: `rollout: put right 3 times and still not as planned, somebody keeps changing ConfigMap ${namespace}/web-settings`,
    });
    expect(rounds).toBe(3);
  });
});

describe('what is deleted', () => {
  it('is stored first, all of it (KUBERNETES.md P8)', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const live = await harness.memory.read(addressOf(extra));
    const stored: [string, unknown][] = [];
    const { put } = harness.documents;
    harness.documents.put = async (key, document) => {
      stored.push([key, document]);
      return put(key, document);
    };
    await harness.promote(await harness.receive(shop(1)));
    expect(stored.filter(([key]) => key.startsWith('saved/'))).toEqual([
      [`saved/shop/2/production/1/pruned-${live?.metadata.uid}.json`, live],
    ]);
  });
});
