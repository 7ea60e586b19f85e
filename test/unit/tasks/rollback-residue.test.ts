import { beforeEach, describe, expect, it } from 'vitest';
import { applySetId } from '#domain/applyset.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import { fieldsText, residueLines } from '#domain/restoration.ts';
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
import { apply, failureOf, plan } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
  await harness.promote(await harness.receive(shop(1)));
});

const error = { name: 'RolloutFailedError', message: 'Deployment.apps web: it crashed' };
const read = (object: KubernetesObject) => harness.memory.read(addressOf(object));
const ours = { 'tidegate.dev/application': 'shop', 'tidegate.dev/environment': environment };
const withMetadata = (object: KubernetesObject, metadata: object): KubernetesObject => ({
  ...object,
  metadata: { ...object.metadata, ...metadata },
});

/** Release 2 with these objects beside the shop's is applied and rolled back; `between` happens after its apply. */
async function rolledBack(objects: readonly KubernetesObject[], between?: () => Promise<unknown>) {
  const { input, fence, promotion } = await apply(harness, [...shop(2, 'crashes'), ...objects]);
  await between?.();
  const rollback = await harness.tasks.planRollback({ ...input, error });
  if (!rollback.possible) throw new Error(rollback.reason);
  const { residue } = await harness.deploy(promotion, 'rollback', fence, rollback.plan);
  return { residue, plan: await harness.documents.get<Plan>(rollback.plan.document) };
}

describe('an object that was made by hand', () => {
  const byHand = configMap('extra', { theirs: '1' });
  const released = configMap('extra', { ours: '2' });

  it('is adopted by a release that names it, and its plan says so', async () => {
    await harness.memory.applyAs('kubectl-edit', byHand);
    const { plan: reference } = await plan(harness, [...shop(2), released]);
    const { notes } = await harness.documents.get<Plan>(reference.document);
    expect(notes).toEqual([
      `ConfigMap ${namespace}/extra: adopts the existing ConfigMap, made outside Tidegate`,
    ]);
  });

  it('is not called adopted once it is ours', async () => {
    const { plan: reference } = await plan(harness, shop(2));
    expect((await harness.documents.get<Plan>(reference.document)).notes).toEqual([]);
  });

  it.each([
    ['another application', { ...ours, 'tidegate.dev/application': 'billing' }],
    ['another environment', { ...ours, 'tidegate.dev/environment': 'staging' }],
  ])('is refused when it is of %s', async (_, annotations) => {
    await harness.memory.applyAs('kubectl', withMetadata(byHand, { annotations }));
    expect(await failureOf(plan(harness, [...shop(2), released]))).toMatchObject({
      name: 'PolicyViolationError',
      message: expect.stringContaining(`ConfigMap ${namespace}/extra: belongs to application`),
    });
  });

  it('gets back what it was when the release that adopted it fails', async () => {
    await harness.memory.applyAs('kubectl', byHand);
    const before = await read(byHand);
    const { residue, plan: rollback } = await rolledBack([released]);
    const { resourceVersion: _, ...metadata } = (await read(byHand))?.metadata ?? { name: '' };
    const { resourceVersion: __, ...original } = before?.metadata ?? { name: '' };
    expect({ ...(await read(byHand)), metadata }).toEqual({ ...before, metadata: original });
    expect(residue).toEqual([]);
    expect(rollback.changes.find(({ identity }) => identity.name === 'extra')).toMatchObject({
      action: 'configured',
      fields: [
        { path: '/data/ours', from: '2' },
        { path: '/data/theirs', to: '1' },
        { path: '/metadata/annotations/tidegate.dev~1application', from: 'shop' },
        { path: '/metadata/annotations/tidegate.dev~1environment', from: environment },
        { path: '/metadata/labels/app.kubernetes.io~1managed-by', from: 'tidegate' },
        {
          path: '/metadata/labels/applyset.kubernetes.io~1part-of',
          from: applySetId({ application, namespace }),
        },
      ],
    });
  });

  it('gets back what it was when it is a Secret, and no value of it is shown', async () => {
    const secret = (data: object) => ({ ...configMap('extra', {}), kind: 'Secret', data });
    await harness.memory.applyAs('kubectl', secret({ theirs: 'aGlzLXNlY3JldA==' }));
    const { residue, plan: rollback } = await rolledBack([secret({ ours: 'b3VyLXNlY3JldA==' })]);
    expect(residue).toEqual([]);
    expect((await read(secret({})))?.data).toEqual({ theirs: 'aGlzLXNlY3JldA==' });
    expect(JSON.stringify(rollback)).not.toContain('b3VyLXNlY3JldA==');
  });

  it('is left alone when it was not written before the release failed', async () => {
    await harness.memory.applyAs('kubectl', byHand);
    const { promotion } = await plan(harness, [...shop(2), released]);
    await harness.promotions.noteFirstWrite(promotion, harness.clock.now());
    await harness.acquire(promotion);
    const before = harness.memory.objects();
    const rollback = await harness.tasks.planRollback({ ...promotion, error });
    if (!rollback.possible) throw new Error(rollback.reason);
    expect(rollback.plan.changes).toBe(0);
    expect(harness.memory.objects()).toEqual(before);
  });

  it('is left alone when another application took it meanwhile', async () => {
    await harness.memory.applyAs('kubectl', byHand);
    const annotations = { ...ours, 'tidegate.dev/application': 'billing' };
    const { residue } = await rolledBack([released], () =>
      harness.memory.applyAs('tidegate', withMetadata(released, { annotations })),
    );
    expect(residue).toEqual([]);
    expect((await read(byHand))?.metadata.annotations).toEqual(annotations);
  });

  it('is not made anew when somebody deleted it meanwhile', async () => {
    await harness.memory.applyAs('kubectl', byHand);
    const { residue } = await rolledBack([released], async () => {
      const live = await read(byHand);
      await harness.memory.remove(addressOf(byHand), live?.metadata.uid ?? '');
    });
    expect(residue).toEqual([]);
    expect(await read(byHand)).toBeUndefined();
  });
});

describe('a promotion that repairs a dead one', () => {
  /** Release 2 with these objects beside the shop's dies after its apply; the repair that SettleRelease opens is planned. */
  async function repairing(objects: readonly KubernetesObject[]) {
    const { promotion: dead } = await apply(harness, [...shop(2), ...objects]);
    const endedAt = harness.clock.now();
    await harness.promotions.end(dead, { outcome: 'failed-not-rolled-back', endedAt });
    await harness.targets.release(dead, dead);
    const state = await harness.promotions.targetState('shop', environment);
    if (state === undefined) throw new Error('nothing was good');
    const { release, attempt } = state;
    const opened = await harness.promotions.open({
      application: 'shop',
      release,
      environment,
      kind: 'rollback',
      requestedBy: 'settle:test',
      openedAt: endedAt,
      repair: { of: { release: dead.release, attempt: dead.attempt }, backTo: { release, attempt } },
    });
    const repair = {
      application: 'shop',
      release,
      environment,
      attempt: opened.attempt,
      kind: 'rollback' as const,
    };
    const planned = await harness.tasks.planPromotion({ ...repair, round: 1, executionArn });
    return { repair, planned };
  }
  async function repaired({ repair, planned }: Awaited<ReturnType<typeof repairing>>) {
    if (planned.outcome !== 'planned') throw new Error(`was ${planned.outcome}`);
    const fence = await harness.acquire(repair);
    await harness.tasks.confirmPlan({ ...repair, round: 1, plan: planned.plan, fence });
    return harness.deploy(repair, 'forward', fence, planned.plan);
  }

  it('gives an object that was made by hand back as it was', async () => {
    const byHand = configMap('extra', { theirs: '1' });
    await harness.memory.applyAs('kubectl', byHand);
    const { residue } = await repaired(await repairing([configMap('extra', { ours: '2' })]));
    expect(residue).toEqual([]);
    expect(await read(byHand)).toMatchObject({ data: { theirs: '1' } });
    expect((await read(byHand))?.metadata).not.toHaveProperty('annotations');
  });

  it('is not unchanged, and reports it, when what is left cannot be taken back', async () => {
    const kept = withMetadata(configMap('kept', { a: '1', b: '1' }), {
      annotations: { 'tidegate.dev/prune': 'disabled' },
    });
    await harness.promote(await harness.receive([...shop(1), kept]));
    await harness.promote(await harness.receive(shop(2)));
    const started = await repairing([{ ...kept, data: { a: '2', b: '1' } }]);
    expect(started.planned).toMatchObject({ outcome: 'planned', plan: { changes: 0 } });
    const { residue } = await repaired(started);
    expect(residue).toEqual([`ConfigMap ${namespace}/kept: is still as release 4 left it in /data/a`]);
  });
});

describe('VerifyRollout reports after a rollback', () => {
  it('an object of ours from before whose earlier fields would go too, and leaves it', async () => {
    // Kept by its annotation when release 2 no longer named it: ours still, but of no content.
    const kept = withMetadata(configMap('kept', { a: '1', b: '1' }), {
      annotations: { 'tidegate.dev/prune': 'disabled' },
    });
    await harness.promote(await harness.receive([...shop(2), kept]));
    await harness.promote(await harness.receive(shop(3)));
    const { residue, plan: rollback } = await rolledBack([{ ...kept, data: { a: '2', b: '1' } }]);
    expect(residue).toEqual([`ConfigMap ${namespace}/kept: is still as release 4 left it in /data/a`]);
    expect(rollback.notes).toEqual([
      expect.stringMatching(/^ConfigMap .*\/kept: not put back as it was, that would also take .*\/data\/b/),
    ]);
    expect((await read(kept))?.data).toEqual({ a: '2', b: '1' });
  });

  it('the first of many fields and of many objects: the lines travel with the promotion', () => {
    const identity = { group: '', kind: 'ConfigMap', namespace, name: 'a' };
    const lines = residueLines(Array.from({ length: 23 }, () => ({ identity, what: 'is still there' })));
    expect(lines).toHaveLength(21);
    expect(lines.at(-1)).toBe('and 3 more');
    expect(fieldsText(['/a', '/b', '/c', '/d', '/e', '/f', '/g'])).toBe('/a, /b, /c, /d, /e, and 2 more');
  });

  it('an object that the failed release created and that a guard keeps', async () => {
    const created = configMap('created', { a: '1' });
    const { residue } = await rolledBack([created], () =>
      harness.memory.applyAs(
        'kubectl',
        withMetadata(created, { annotations: { 'helm.sh/resource-policy': 'keep' } }),
      ),
    );
    expect(residue).toEqual([`ConfigMap ${namespace}/created: was created by release 2 and is still there`]);
  });

  it('an object that differs again from the last good release', async () => {
    const stubborn = configMap('web-settings', { greeting: 'changed again' });
    const { input, fence, promotion } = await apply(harness, shop(2, 'crashes'));
    const rollback = await harness.tasks.planRollback({ ...input, error });
    if (!rollback.possible) throw new Error(rollback.reason);
    const back = { ...promotion, mode: 'rollback' as const, fence, plan: rollback.plan };
    await harness.tasks.advance({ ...back, step: 0 });
    // Somebody puts it back each time that it is verified: taken by the manager that everything is applied under.
    const { put } = harness.documents;
    harness.documents.put = async (key, value) => {
      if (key.startsWith('inventories/'))
        await harness.memory.applyAs('tidegate', withMetadata(stubborn, { annotations: ours }));
      return put(key, value);
    };
    expect((await harness.tasks.verifyRollout(back)).residue).toEqual([
      `ConfigMap ${namespace}/web-settings: differs from release 1 in /data/greeting, /metadata/labels/app.kubernetes.io~1managed-by, /metadata/labels/applyset.kubernetes.io~1part-of`,
    ]);
  });

  it('nothing of a rollout that goes forward', async () => {
    const { input } = await apply(harness, shop(2));
    expect(await harness.tasks.verifyRollout(input)).not.toHaveProperty('residue');
  });
});
