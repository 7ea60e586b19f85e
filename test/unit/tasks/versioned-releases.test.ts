import { beforeEach, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import { versionConfiguration } from '#domain/versioned-config.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  environment,
  image,
  namespace,
} from './deployment-harness.ts';
import { removeBehind } from './staged-cluster.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

const release = (greeting: string) => {
  const settings = configMap('web-settings', { greeting });
  const annotations = { 'tidegate.dev/versioned': 'true' };
  return versionConfiguration([
    { ...settings, metadata: { ...settings.metadata, annotations } },
    deployment('web', image('web')),
  ]);
};
const settingsOf = (objects: readonly KubernetesObject[]) => objects[0] as KubernetesObject;
const replicaSetOf = (objects: readonly KubernetesObject[]): KubernetesObject => ({
  ...(objects[1] as KubernetesObject),
  kind: 'ReplicaSet',
  metadata: { name: `web-${settingsOf(objects).metadata.name}`, namespace },
});
const present = async (objects: readonly KubernetesObject[]) =>
  (await harness.memory.read(addressOf(settingsOf(objects)))) !== undefined;
async function promote(objects: readonly KubernetesObject[]) {
  // As the Deployment's controller does.
  await harness.memory.applyAs('kube-controller-manager', replicaSetOf(objects));
  const { planned } = await harness.promote(await harness.receive(objects));
  if (planned.outcome === 'superseded') throw new Error('superseded');
  const state = await harness.promotions.targetState(application, environment);
  return {
    plan: await harness.documents.get<Plan>(planned.plan.document),
    inventory: state && (await harness.documents.get<Inventory>(state.inventory)),
  };
}

it('keeps versioned configuration while an old revision refers to it, and prunes it when none does (C2)', async () => {
  const [first, second, third] = [release('one'), release('two'), release('three')];
  await promote(first);
  const { plan: kept, inventory } = await promote(second);
  expect(kept.notes.join()).toContain(`still refers to it`);
  expect(await present(first)).toBe(true);
  expect(inventory?.retained).toMatchObject([{ identity: { name: settingsOf(first).metadata.name } }]);
  await removeBehind(harness.memory, replicaSetOf(first));
  const { plan: pruning, inventory: after } = await promote(third);
  expect(pruning.changes.filter(({ action }) => action === 'pruned')).toMatchObject([
    { identity: { name: settingsOf(first).metadata.name } },
  ]);
  expect([await present(first), await present(second), await present(third)]).toEqual([false, true, true]);
  expect(after?.retained).toMatchObject([{ identity: { name: settingsOf(second).metadata.name } }]);
});

it('finds the configuration of an earlier release as it was, on the way back to it', async () => {
  const [first, second] = [release('one'), release('two')];
  await promote(first);
  await promote(second);
  const { plan: back } = await promote(first);
  const own = back.changes.find(({ identity }) => identity.name === settingsOf(first).metadata.name);
  expect(own?.action).toBe('unchanged');
});
