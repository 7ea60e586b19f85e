import { beforeEach, describe, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Plan } from '#domain/plan.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  environment,
  executionArn,
  namespace,
  shop,
} from './deployment-harness.ts';
import { apply, hold, plan, recordGood, target } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const extra = configMap('extra', { a: '1' });
const address = addressOf(extra);
const extraWith = (metadata: object): KubernetesObject => ({
  ...extra,
  metadata: { ...extra.metadata, ...metadata },
});

const ours = extraWith({
  annotations: { 'tidegate.dev/application': application, 'tidegate.dev/environment': environment },
});

async function planned(objects: readonly KubernetesObject[]): Promise<Plan> {
  const promotion = await harness.open(await harness.receive(objects));
  const result = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
  if (result.outcome === 'superseded') throw new Error('was superseded');
  return harness.documents.get<Plan>(result.plan.document);
}
const actions = ({ changes }: Plan) =>
  changes.map(({ identity, action }) => `${identity.kind} ${identity.name} ${action}`);

async function end(promotion: PromotionInput, outcome: PromotionOutcome): Promise<void> {
  await harness.promotions.end(promotion, { outcome, endedAt: harness.clock.now() });
  await harness.targets.release(target, promotion);
}

describe('PlanPromotion and what the release no longer names', () => {
  it('prunes nothing as long as there was no good release', async () => {
    const { promotion } = await apply(harness, [...shop(1), extra]);
    await end(promotion, 'failed-not-rolled-back');
    expect(actions(await planned(shop(2)))).not.toContain('ConfigMap extra pruned');
  });

  it('prunes what the last good release put there, by its uid', async () => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const kept = await planned(shop(1));
    const pruned = kept.changes.find(({ action }) => action === 'pruned');
    const live = await harness.memory.read(address);
    expect(pruned).toEqual({
      identity: { group: '', kind: 'ConfigMap', namespace, name: 'extra' },
      apiVersion: 'v1',
      uid: live?.metadata.uid,
      action: 'pruned',
      fields: [],
    });
    expect(kept.replacesRelease).toBe(1);
  });

  it('prunes everything for a release that brings nothing', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { plan: reference } = await plan(harness, [], { confirm: { pruneUpTo: 3 } });
    expect(reference.changes).toBe(3);
    expect(actions(await harness.documents.get<Plan>(reference.document))).toEqual([
      'ConfigMap web-settings pruned',
      'Service web pruned',
      'Deployment web pruned',
    ]);
  });

  const controller = { kind: 'Certificate', name: 'tls', uid: 'uid-tls', controller: true };
  it.each<[string, object, string]>([
    [
      'says so itself',
      { annotations: { 'tidegate.dev/prune': 'disabled' } },
      "its annotation 'tidegate.dev/prune' says so",
    ],
    [
      'says so in the words of another tool',
      { annotations: { 'helm.sh/resource-policy': 'keep' } },
      "its annotation 'helm.sh/resource-policy' says so",
    ],
    [
      'was taken over by another application',
      { annotations: { 'tidegate.dev/application': 'billing' } },
      "it belongs to 'billing' in 'production' now",
    ],
    ['is controlled by somebody', { ownerReferences: [controller] }, "Certificate 'tls' controls it"],
  ])('keeps what %s, and says why', async (_, metadata, reason) => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    await harness.memory.applyAs('kubectl', extraWith(metadata));
    const { changes, notes } = await planned(shop(2));
    expect(changes.map(({ identity }) => identity.name)).not.toContain('extra');
    expect(notes).toEqual([`ConfigMap ${namespace}/extra: not pruned, ${reason}`]);
  });

  it('keeps a Namespace: that is deleted only by hand', async () => {
    const brought = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brought' } };
    await harness.promote(await harness.receive([...shop(1), brought]));
    const { changes, notes } = await planned(shop(2));
    expect(changes.map(({ identity }) => identity.kind)).not.toContain('Namespace');
    expect(notes).toEqual([
      'Namespace brought: not pruned, everything in it would go with it; to delete it name it under `confirm.prune` in tidegate.yaml, or delete it by hand',
    ]);
  });

  it.each([
    ['is gone', false],
    ['was replaced by another of that name', true],
  ])('leaves alone what %s', async (_, isReplaced) => {
    await harness.promote(await harness.receive([...shop(1), extra]));
    const live = await harness.memory.read(address);
    await harness.memory.remove(address, live?.metadata.uid ?? '');
    if (isReplaced)
      await harness.memory.applyAs('kubectl', extraWith({ annotations: live?.metadata.annotations }));
    const { changes, notes } = await planned(shop(2));
    expect(changes.map(({ identity }) => identity.name)).not.toContain('extra');
    expect(notes).toEqual([]);
  });
});

describe('PlanPromotion and what failed promotions left', () => {
  async function leave(outcome: PromotionOutcome): Promise<void> {
    const { promotion } = await apply(harness, [...shop(2), extra]);
    await end(promotion, outcome);
  }

  it.each<PromotionOutcome>(['failed-not-rolled-back', 'superseded', 'withdrawn'])(
    'prunes what one created that ended %s after its first write',
    async (outcome) => {
      await harness.promote(await harness.receive(shop(1)));
      await leave(outcome);
      expect(actions(await planned(shop(1)))).toContain('ConfigMap extra pruned');
    },
  );

  it('prunes what one created that has ended nowhere yet: it is labelled as ours (P2)', async () => {
    await harness.promote(await harness.receive(shop(1)));
    await apply(harness, [...shop(2), extra]);
    expect(actions(await planned(shop(1)))).toContain('ConfigMap extra pruned');
  });

  it('prunes it once, however many promotions meant to create it', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const first = await hold(harness, [...shop(2), extra]);
    const second = await plan(harness, [...shop(3), extra]);
    await harness.tasks.advance({ ...first.input, step: 0 });
    await harness.promotions.noteFirstWrite(second.promotion, harness.clock.now());
    for (const { promotion } of [first, second]) await end(promotion, 'failed-not-rolled-back');
    expect(actions(await planned(shop(1))).filter((text) => text.includes('extra'))).toEqual([
      'ConfigMap extra pruned',
    ]);
  });

  it('prunes what is left of one though it counts as rolled back', async () => {
    await harness.promote(await harness.receive(shop(1)));
    await leave('failed-rolled-back');
    expect(actions(await planned(shop(1)))).toContain('ConfigMap extra pruned');
  });

  it('has nothing to prune of one that wrote nothing', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion } = await plan(harness, [...shop(2), extra]);
    await end(promotion, 'failed-nothing-applied');
    await harness.memory.applyAs('tidegate', ours);
    expect(actions(await planned(shop(1)))).not.toContain('ConfigMap extra pruned');
  });

  it('prunes what one left that ended before the last good release', async () => {
    await recordGood(harness, await harness.receive(shop(1)));
    await leave('failed-not-rolled-back');
    await harness.clock.sleep(1);
    await recordGood(harness, await harness.receive(shop(3)));
    expect(actions(await planned(shop(1)))).toContain('ConfigMap extra pruned');
  });
});
