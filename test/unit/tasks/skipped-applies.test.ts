import { beforeEach, describe, expect, it } from 'vitest';
import type { MemoryCluster } from '#adapters/memory/cluster.ts';
import { canonicalDigest } from '#domain/canonical-json.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  createSteppedClock,
  type DeploymentHarness,
  deployment,
  environment,
  executionArn,
  image,
  namespace,
  shop,
} from './deployment-harness.ts';
import { failureOf, plan } from './deployment-steps.ts';
import { removeBehind, runningCluster } from './staged-cluster.ts';

let harness: DeploymentHarness;
let requests: string[];
beforeEach(async () => {
  ({ harness, requests } = await counting());
});

async function counting() {
  const clock = createSteppedClock();
  const memory = runningCluster(clock);
  const seen: string[] = [];
  const cluster: MemoryCluster = {
    ...memory,
    async apply(object, mode, options) {
      seen.push(`${mode} ${object.kind} ${object.metadata.name}`);
      return memory.apply(object, mode, options);
    },
    async read(address) {
      seen.push(`read ${address.kind} ${address.name}`);
      return memory.read(address);
    },
    async list(request) {
      seen.push(`list ${request.kind}`);
      return memory.list(request);
    },
  };
  return { harness: { ...(await createDeploymentHarness({ clock, cluster })), memory }, requests: seen };
}

const many: readonly KubernetesObject[] = [
  ...Array.from({ length: 40 }, (_, index) => configMap(`settings-${index}`, { a: '1' })),
  ...Array.from({ length: 10 }, (_, index) => deployment(`web-${index}`, image('web'))),
];
const promote = async (objects: readonly KubernetesObject[]) =>
  harness.promote(await harness.receive(objects));
const inventory = async () => {
  const state = await harness.promotions.targetState(application, environment);
  if (state === undefined) throw new Error('nothing was good');
  return harness.documents.get<Inventory>(state.inventory);
};

describe('a release that is in place already', () => {
  it('costs a list for each kind', async () => {
    await promote(many);
    requests.length = 0;
    const { planned } = await promote(many);
    expect(planned.outcome).toBe('unchanged');
    expect(requests).toEqual(['list ConfigMap', 'list Deployment']);
  });

  it('but for one object is dry-run and applied in that one alone', async () => {
    await promote(many);
    requests.length = 0;
    await promote([...many.slice(1), configMap('settings-0', { a: '2' })]);
    const asked = requests.filter((request) => /^(dry-run|write)/.test(request));
    expect(new Set(asked)).toEqual(new Set(['dry-run ConfigMap settings-0', 'write ConfigMap settings-0']));
    expect((await inventory()).objects.every(({ fingerprint }) => fingerprint !== undefined)).toBe(true);
  });

  it.each<[string, () => Promise<unknown>, string]>([
    [
      'changed a value',
      () => harness.memory.applyAs('kubectl-edit', configMap('settings-3', { a: 'x' })),
      'settings-3',
    ],
    [
      'added a field',
      () => harness.memory.applyAs('kubectl-edit', configMap('settings-3', { b: 'x' })),
      'settings-3',
    ],
    [
      'took a field as it is',
      () => harness.memory.applyAs('kubectl-edit', configMap('settings-3', { a: '1' })),
      'settings-3',
    ],
    ['scaled it', () => harness.memory.applyAs('hpa/scale', deployment('web-4', image('web'), 9)), 'web-4'],
    [
      'put another of that name there',
      async () => {
        const live = await harness.memory.read(addressOf(configMap('settings-3', {})));
        await removeBehind(harness.memory, configMap('settings-3', {}));
        const { name, labels, annotations } = live?.metadata ?? { name: '' };
        const metadata = { name, namespace, ...(labels && { labels }), ...(annotations && { annotations }) };
        await harness.memory.apply({ ...configMap(name, { a: '1' }), metadata }, 'write');
      },
      'settings-3',
    ],
    ['deleted it', () => removeBehind(harness.memory, configMap('settings-3', {})), 'settings-3'],
  ])('is asked about anew where somebody %s', async (_, happens, name) => {
    await promote(many);
    await happens();
    requests.length = 0;
    const { planned } = await promote(many);
    const dryRuns = requests.filter((request) => request.startsWith('dry-run'));
    expect(new Set(dryRuns)).toEqual(new Set([expect.stringMatching(new RegExp(` ${name}$`))]));
    expect(planned.outcome).toBe(/add|took|scaled|another/.test(_) ? 'unchanged' : 'planned');
  });

  it('is not taken for proved by a release that failed in between', async () => {
    await promote(shop(1));
    const { promotion } = await plan(harness, shop(2));
    expect((await inventory()).release).toBe(1);
    expect(promotion.release).toBe(2);
  });
});

describe('a plan', () => {
  it('is the same to the byte for the same input, whatever order objects come in (D1)', async () => {
    const made = async (objects: readonly KubernetesObject[]) => {
      const { harness: own } = await counting();
      await own.promote(await own.receive(shop(1)));
      await own.memory.applyAs('kubectl-edit', configMap('web-settings', { greeting: 'by hand' }));
      await own.memory.applyAs('hpa/scale', deployment('web', image('web', 1), 5));
      const promotion = await own.open(await own.receive(objects));
      const planned = await own.tasks.planPromotion({ ...promotion, round: 1, executionArn });
      if (planned.outcome !== 'planned') throw new Error(planned.outcome);
      return canonicalDigest(await own.documents.get<Plan>(planned.plan.document));
    };
    const objects = [...shop(2), ...many];
    expect(await made(objects.toReversed())).toBe(await made(objects));
  });

  it('and errors show no secret of the release that the cluster prints (D4)', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace },
      data: { a: 'aHVudGVyMg==' },
    };
    const { memory } = harness;
    const message = 'Invalid value: "hunter2": is not in aHVudGVyMg==';
    const refusing: MemoryCluster = {
      ...memory,
      apply: async () => ({
        kind: 'invalid',
        refusal: { message, causes: [{ field: 'x', reason: '', message }] },
      }),
    };
    const failing = await createDeploymentHarness({ cluster: refusing });
    const failure = await failureOf(plan(failing, [secret, configMap('settings', {})]));
    expect(failure.message).toContain('refused by the cluster');
    expect(failure.message).not.toMatch(/hunter2|aHVudGVyMg/);
  });
});
