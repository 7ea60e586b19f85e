import { describe, expect, it } from 'vitest';
import type { ReleaseContent } from '#domain/content.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  image,
  namespace,
  shop,
} from './deployment-harness.ts';
import { failureOf, plan } from './deployment-steps.ts';

const certificate: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'web-tls', namespace },
  type: 'kubernetes.io/tls',
};
const many = Array.from({ length: 12 }, (_, index) => configMap(`settings-${index + 10}`, {}));

async function planned(
  harness: DeploymentHarness,
  objects: readonly KubernetesObject[],
  confirm: ReleaseContent['confirm'] = {},
): Promise<Plan> {
  const { plan: reference } = await plan(harness, objects, { confirm });
  return harness.documents.get<Plan>(reference.document);
}
const pruned = ({ changes }: Plan) =>
  changes.filter(({ action }) => action === 'pruned').map(({ identity }) => identity.name);

describe('a protected kind (KUBERNETES.md P3)', () => {
  it('stays, and the plan says how it would go', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), certificate]));
    const kept = await planned(harness, shop(2));
    expect(pruned(kept)).toEqual([]);
    expect(kept.notes).toEqual([
      `Secret ${namespace}/web-tls: not pruned, a certificate or token that others may use; to delete it name it under \`confirm.prune\` in tidegate.yaml, or delete it by hand`,
    ]);
  });

  it('goes where the release names it, and people read that', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), certificate]));
    const confirm = { prune: ['Secret web-tls'] };
    const kept = await planned(harness, shop(2), confirm);
    expect(pruned(kept)).toEqual(['web-tls']);
    expect(kept.notes).toEqual([
      `Secret ${namespace}/web-tls: deleted although it is protected, as the release confirms`,
    ]);
    await harness.promote(await harness.receive(shop(3), { confirm }));
    expect(harness.memory.objects().map(({ metadata }) => metadata.name)).not.toContain('web-tls');
  });
});

describe('many deletions (KUBERNETES.md P4)', () => {
  const budget = { pruneBudget: { max: 10, percent: 30 } };

  it('are refused unless the release says how many', async () => {
    const harness = await createDeploymentHarness({ policy: budget });
    await harness.promote(await harness.receive([...shop(1), ...many]));
    expect(await failureOf(planned(harness, shop(1)))).toMatchObject({
      name: 'PolicyViolationError',
      facts: { deletions: 12, allowed: 10 },
    });
    expect(pruned(await planned(harness, shop(1), { pruneUpTo: 12 }))).toHaveLength(12);
  });

  it('are what a person asked for who asks for an older release', async () => {
    const harness = await createDeploymentHarness({ policy: budget });
    const older = await harness.receive(shop(1));
    await harness.promote(older);
    await harness.promote(await harness.receive([...shop(1), ...many]));
    expect((await harness.promote(older, 'rollback')).planned).toMatchObject({ outcome: 'planned' });
  });

  it('of the last workload are refused', async () => {
    const harness = await createDeploymentHarness({ policy: budget });
    await harness.promote(await harness.receive(shop(1)));
    expect(await failureOf(planned(harness, [configMap('web-settings', {})]))).toMatchObject({
      message: expect.stringContaining(`no workload is left in namespace '${namespace}'`),
    });
  });
});

describe('an object that goes and comes under another name (KUBERNETES.md P6)', () => {
  it('is read as renamed', async () => {
    const harness = await createDeploymentHarness();
    await harness.promote(await harness.receive([...shop(1), configMap('old-name', { a: '1' })]));
    expect((await planned(harness, [...shop(1), configMap('new-name', { a: '1' })])).notes).toEqual([
      `ConfigMap ${namespace}/old-name: renamed to ${namespace}/new-name; the old one goes once the new one is ready`,
    ]);
  });
});

describe('an object whose API moved (KUBERNETES.md P7)', () => {
  it('is not pruned under its old name after it was applied under the new one', async () => {
    const harness = await createDeploymentHarness();
    const first = await harness.receive([deployment('web', image('web'))]);
    const { promotion, inventory } = await harness.promote(first);
    if (inventory === undefined) throw new Error('was not promoted');
    const recorded = await harness.documents.get<object>(inventory);
    const live = harness.memory.objects()[0];
    // As a release of years ago recorded it.
    const identity = { group: 'extensions', kind: 'Deployment', namespace, name: 'web' };
    const objects = [{ identity, apiVersion: 'extensions/v1beta1', uid: live?.metadata.uid }];
    const old = await harness.documents.put('inventories/old.json', { ...recorded, objects });
    const state = {
      release: first,
      attempt: promotion.attempt,
      promotedAt: harness.clock.now(),
      inventory: old,
    };
    const again = await harness.open(first, 'rollback');
    await harness.promotions.end(again, { outcome: 'promoted', endedAt: harness.clock.now() }, state);
    expect(pruned(await planned(harness, [deployment('web', image('web', 2))]))).toEqual([]);
    expect(pruned(await planned(harness, [configMap('other', {})], { pruneUpTo: 1 }))).toEqual(['web']);
  });
});

describe('an object of another application (KUBERNETES.md P9)', () => {
  const theirs = {
    ...configMap('shared', { a: '1' }),
    metadata: {
      name: 'shared',
      namespace,
      annotations: { 'tidegate.dev/application': 'billing', 'tidegate.dev/environment': 'production' },
    },
  };

  it('is taken over where the release says so', async () => {
    const harness = await createDeploymentHarness();
    await harness.memory.applyAs('tidegate', theirs);
    const shared = [configMap('shared', { a: '1' })];
    expect(await failureOf(planned(harness, shared))).toMatchObject({ name: 'PolicyViolationError' });
    const taken = await planned(harness, shared, { adopt: ['ConfigMap shared'] });
    expect(taken.notes).toEqual([
      `ConfigMap ${namespace}/shared: taken over from application 'billing' in environment 'production', as the release confirms`,
    ]);
  });

  it('is refused when it is part of another tool’s ApplySet, naming that', async () => {
    const harness = await createDeploymentHarness();
    const labels = { 'applyset.kubernetes.io/part-of': 'applyset-other-v1' };
    const member = { ...theirs, metadata: { name: 'shared', namespace, labels } };
    await harness.memory.applyAs('kubectl-applyset', member);
    expect(await failureOf(planned(harness, [configMap('shared', { a: '1' })]))).toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining("is part of ApplySet 'applyset-other-v1' of another tool"),
    });
  });
});
