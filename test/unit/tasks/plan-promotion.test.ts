import { beforeEach, describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import type { PromotionKind } from '#domain/promotion.ts';
import {
  application,
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  environment,
  executionArn,
  image,
  namespace,
  service,
  shop,
} from './deployment-harness.ts';
import { plan, recordGood } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness();
});

async function planned(objects: readonly KubernetesObject[]): Promise<Plan> {
  return harness.documents.get<Plan>((await plan(harness, objects)).plan.document);
}
const actions = ({ changes }: Plan) =>
  changes.map(({ identity, action }) => `${identity.kind} ${identity.name} ${action}`);

describe('PlanPromotion', () => {
  it('keeps what would change as a document, and writes nothing to the cluster', async () => {
    const objects = shop(1);
    const { promotion, plan: reference } = await plan(harness, objects);
    expect(reference).toEqual({
      document: { bucket: 'documents', key: 'plans/shop/1/production/1-1.json', versionId: '1' },
      digest: expect.stringMatching(/^sha256:[0-9a-f]{64}$/),
      changes: 3,
    });
    const kept = await harness.documents.get<Plan>(reference.document);
    expect(kept).toMatchObject({ ...promotion, digest: reference.digest, notes: [] });
    expect(kept).not.toHaveProperty('replacesRelease');
    expect(kept.content).toEqual((await harness.releases.release(promotion))?.contents?.[environment]);
    expect(actions(kept)).toEqual([
      'ConfigMap web-settings created',
      'Service web created',
      'Deployment web created',
    ]);
    expect(kept.changes.every(({ uid }) => uid === undefined)).toBe(true);
    expect(harness.memory.objects()).toEqual([]);
  });

  it('notes the plan and the execution that follows it', async () => {
    const { promotion, plan: reference } = await plan(harness);
    expect(await harness.promotions.promotion(promotion)).toMatchObject({
      stage: 'planning',
      plan: reference,
      executionArn,
    });
  });

  it('is superseded as a repair once the target has moved on, and not as a rollback somebody asked for', async () => {
    const first = await harness.receive(shop(1));
    const { promotion: good } = await harness.promote(first);
    const asked = {
      application,
      release: first,
      environment,
      kind: 'rollback',
      openedAt: harness.clock.now(),
    } as const;
    const backTo = { release: first, attempt: good.attempt };
    const repair = { of: { release: 2, attempt: 1 }, backTo };
    const repairing = await harness.promotions.open({ ...asked, requestedBy: 'settle', repair });
    const explicit = await harness.promotions.open({ ...asked, requestedBy: 'operator' });
    const planOf = ({ attempt }: { attempt: number }) =>
      harness.tasks.planPromotion({
        application,
        release: first,
        environment,
        attempt,
        kind: 'rollback',
        round: 1,
        executionArn,
      });
    expect((await planOf(repairing)).outcome).toBe('unchanged');
    const newer = await harness.receive(shop(2));
    await harness.promote(newer);
    expect(await planOf(repairing)).toEqual({ outcome: 'superseded', supersededBy: newer });
    expect((await planOf(explicit)).outcome).toBe('planned');
  });

  it('answers the same when it is run twice, and keeps nothing twice', async () => {
    const { promotion, plan: first, approval } = await plan(harness);
    const again = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    expect(again).toEqual({ outcome: 'planned', plan: first, approval });
  });

  it('keeps each round for itself: what was asked before can still be read', async () => {
    const { promotion, plan: first } = await plan(harness);
    await harness.memory.apply(service('web'), 'write');
    const second = await harness.tasks.planPromotion({ ...promotion, round: 2, executionArn });
    if (second.outcome !== 'planned') throw new Error(`was ${second.outcome}`);
    expect(second.plan.document.key).toBe('plans/shop/1/production/1-2.json');
    expect(second.plan.digest).not.toBe(first.digest);
    expect(actions(await harness.documents.get<Plan>(first.document))).toContain('Service web created');
    expect((await harness.promotions.promotion(promotion))?.plan).toEqual(second.plan);
  });

  it('takes over what is there already and nobody claims', async () => {
    await harness.memory.applyAs('kubectl', configMap('settings', { a: '1' }));
    const { changes } = await planned([configMap('settings', { a: '1', b: '2' })]);
    expect(changes).toMatchObject([{ action: 'configured', uid: 'uid-1' }]);
    expect(changes[0]?.fields.map(({ path }) => path)).toEqual([
      '/data/b',
      '/metadata/annotations/tidegate.dev~1application',
      '/metadata/annotations/tidegate.dev~1environment',
      '/metadata/labels/app.kubernetes.io~1managed-by',
      '/metadata/labels/applyset.kubernetes.io~1part-of',
    ]);
  });

  it('plans what is being deleted as created anew', async () => {
    const settings = configMap('settings', { a: '1' });
    const going = { ...settings.metadata, deletionTimestamp: '2026-11-21T08:59:00Z' };
    await harness.memory.applyAs('kubectl-delete', { ...settings, metadata: going });
    const { changes } = await planned([settings]);
    expect(changes).toMatchObject([{ action: 'created' }]);
    expect(changes[0]).not.toHaveProperty('uid');
  });
});

describe('PlanPromotion of a release that changes nothing', () => {
  it('is unchanged, with the uids of what is in place', async () => {
    await harness.promote(await harness.receive(shop(1)));
    const { promotion, planned: result } = await harness.promote(await harness.receive(shop(1)));
    if (result.outcome !== 'unchanged') throw new Error(`was ${result.outcome}`);
    expect(result.plan.changes).toBe(0);
    const kept = await harness.documents.get<Plan>(result.plan.document);
    expect(kept.replacesRelease).toBe(1);
    expect(kept.changes.every(({ action, uid }) => action === 'unchanged' && uid !== undefined)).toBe(true);
    expect((await harness.promotions.promotion(promotion))?.plan).toEqual(result.plan);
  });

  it('is unchanged when it brings nothing to an empty target', async () => {
    const { planned: result } = await harness.promote(await harness.receive([]));
    expect(result).toMatchObject({ outcome: 'unchanged', plan: { changes: 0 } });
  });

  it('says whether people are asked should it come to change something', async () => {
    harness = await createDeploymentHarness({ approvers: ['ann@example.com'] });
    const promotion = await harness.open(await harness.receive([]));
    const result = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    expect(result).toMatchObject({ outcome: 'unchanged', approval: { required: true } });
  });
});

describe('PlanPromotion and who must approve', () => {
  const required = { required: true, timeoutSeconds: 259_200 + 300 };
  const free = { required: false };
  it.each<[string, { asks: boolean; kind: PromotionKind; good: readonly number[]; release: number }, object]>(
    [
      ['nobody where the policy asks nobody', { asks: false, kind: 'promotion', good: [], release: 1 }, free],
      ['people where it does', { asks: true, kind: 'promotion', good: [], release: 1 }, required],
      ['people for the next release', { asks: true, kind: 'promotion', good: [1], release: 2 }, required],
      ['nobody for what is on the target', { asks: true, kind: 'rollback', good: [1, 2], release: 2 }, free],
      ['nobody for what was good there', { asks: true, kind: 'rollback', good: [1, 2], release: 1 }, free],
      ['people for what never was', { asks: true, kind: 'rollback', good: [1, 3], release: 2 }, required],
      [
        'people before the first good release',
        { asks: true, kind: 'rollback', good: [], release: 1 },
        required,
      ],
    ],
  )('%s', async (_, { asks, kind, good, release }, approval) => {
    harness = await createDeploymentHarness(asks ? { approvers: ['ann@example.com'] } : {});
    for (const version of [1, 2, 3]) await harness.receive(shop(version));
    for (const each of good) {
      await recordGood(harness, each);
      await harness.clock.sleep(1000);
    }
    const promotion = await harness.open(release, kind);
    const result = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    expect(result).toMatchObject({ outcome: 'planned', approval });
  });
});

describe('PlanPromotion of a release that is older than what is on the target', () => {
  beforeEach(async () => {
    for (const version of [1, 2, 3]) await harness.receive(shop(version));
    await recordGood(harness, 2);
  });

  it.each<[string, number, PromotionKind, object]>([
    ['is superseded', 1, 'promotion', { outcome: 'superseded', supersededBy: 2 }],
    ['is planned as an explicit rollback', 1, 'rollback', { outcome: 'planned' }],
    ['is not older when it is the same', 2, 'promotion', { outcome: 'planned' }],
    ['is not older when it is newer', 3, 'promotion', { outcome: 'planned' }],
  ])('%s', async (_, release, kind, result) => {
    const promotion = await harness.open(release, kind);
    expect(await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn })).toMatchObject(result);
  });

  it('makes no plan when it is superseded', async () => {
    const promotion = await harness.open(1);
    await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    expect(await harness.promotions.promotion(promotion)).not.toHaveProperty('plan');
  });
});

describe('PlanPromotion shows', () => {
  it('no value of a Secret, only keys and digests', async () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db', namespace },
      stringData: { password: 'hunter2-original' },
    };
    const kept = await planned([secret]);
    expect(kept.changes[0]?.fields).toContainEqual({
      path: '/data/password',
      to: expect.stringMatching(/^hmac-sha256:[0-9a-f]{32}$/),
      redacted: true,
    });
    expect(JSON.stringify(kept)).not.toMatch(/hunter2|aHVudGVyMi1vcmlnaW5hbA/);
  });

  it('that replicas are left to the autoscaler that owns them', async () => {
    await harness.memory.apply(deployment('web', image('web', 1)), 'write');
    await harness.memory.applyAs('hpa/scale', deployment('web', image('web', 1), 6));
    const { changes, notes } = await planned([deployment('web', image('web', 2))]);
    expect(notes).toEqual([
      `Deployment.apps ${namespace}/web: /spec/replicas is left to 'hpa', who scales it`,
      `Deployment.apps ${namespace}/web: adopts the existing Deployment, made outside Tidegate`,
    ]);
    expect(changes[0]?.fields.map(({ path }) => path)).not.toContain('/spec/replicas');
  });

  it('what the cluster warns of, each warning once', async () => {
    const warnings = [
      'would violate PodSecurity "restricted:latest"',
      'would violate PodSecurity "restricted:latest"',
    ];
    const warning = await createDeploymentHarness({
      clock: harness.clock,
      cluster: {
        ...harness.memory,
        apply: async (object, mode) => {
          const result = await harness.memory.apply(object, mode);
          return result.kind === 'applied' ? { ...result, warnings } : result;
        },
      },
    });
    const { plan: reference } = await plan(warning, [service('web')]);
    expect(await warning.documents.get<Plan>(reference.document)).toMatchObject({
      notes: [],
      advice: [{ kind: 'warning', text: 'would violate PodSecurity "restricted:latest"' }],
    });
  });

  it('what it cannot check because its namespace is created by the same release', async () => {
    const brought = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'brought' } };
    const inside = { ...configMap('inside', { a: '1' }), metadata: { name: 'inside', namespace: 'brought' } };
    const { changes, notes, advice } = await planned([inside, brought]);
    expect(changes.map(({ action }) => action)).toEqual(['created', 'created']);
    expect(notes).toEqual([]);
    expect(advice).toEqual([
      {
        kind: 'unverified',
        identity: { group: '', kind: 'ConfigMap', namespace: 'brought', name: 'inside' },
        reason: 'its namespace is created by this release',
        fitsSchema: false,
      },
    ]);
  });
});
