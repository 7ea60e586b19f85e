import { beforeEach, describe, expect, it } from 'vitest';
import type { Plan } from '#domain/plan.ts';
import { annotated, customResource, definition } from '../domain/release-objects.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  image,
  namespace,
} from './deployment-harness.ts';
import { failureOf, hold, plan } from './deployment-steps.ts';

let harness: DeploymentHarness;
beforeEach(async () => {
  harness = await createDeploymentHarness({
    stabilityWindowSeconds: 0,
    policy: { clusterScopedKinds: ['CustomResourceDefinition'] },
  });
});

const names = () => harness.memory.objects().map(({ kind, metadata }) => `${kind} ${metadata.name}`);
const db = deployment('db', image('web'));
const web = annotated(deployment('web', image('web')), { 'tidegate.dev/depends-on': 'Deployment.apps/db' });
const schema = {
  type: 'object',
  properties: { spec: { type: 'object', properties: { size: { type: 'integer' } } } },
};
const widgets = definition('Widget', { schema });
const widget = (spec: object) => ({
  ...customResource('Widget', 'w', 'v1', spec),
  metadata: { name: 'w', namespace },
});

describe('a release in stages', () => {
  it('is planned as such, outside of what is approved', async () => {
    const { plan: reference } = await plan(harness, [web, db]);
    const { stages, digest } = await harness.documents.get<Plan>(reference.document);
    expect(stages).toEqual([
      { layers: [[`Deployment.apps ${namespace}/db`]], awaits: [`Deployment.apps ${namespace}/db`] },
      { layers: [[`Deployment.apps ${namespace}/web`]], awaits: [] },
    ]);
    expect(digest).toBe((await plan(harness, [db, web])).plan.digest);
  });

  it('goes on with what waits when what it waits for is healthy, and prunes after the last stage', async () => {
    await harness.promote(await harness.receive([configMap('old', {})]));
    const { input } = await hold(harness, [web, db]);
    const first = await harness.tasks.advance({ ...input, step: 0 });
    expect(names()).toEqual(['ConfigMap old', 'Deployment db']);
    expect(first.changes).toMatchObject({ created: 1, pruned: 0 });
    const { appliedAt } = first;
    const seen = await harness.tasks.observe({ ...input, step: 0, appliedAt });
    expect(seen).toMatchObject({ next: 'advance', step: 1, readyObjects: 1, totalObjects: 1 });

    const second = await harness.tasks.advance({ ...input, step: 1 });
    expect(second.changes).toMatchObject({ created: 1, pruned: 0 });
    expect(names()).toContain('Deployment web');
    const settled = await harness.tasks.observe({ ...input, step: 1, appliedAt: second.appliedAt });
    expect(settled).toMatchObject({ next: 'advance', step: 2, totalObjects: 2 });

    const third = await harness.tasks.advance({ ...input, step: 2 });
    expect(third.changes).toMatchObject({ created: 0, pruned: 1 });
    const gone = await harness.tasks.observe({ ...input, step: 2, appliedAt: third.appliedAt });
    expect(gone.next).toBe('verify');
    expect(names()).toEqual(['Deployment db', 'Deployment web']);
  });

  it('stops at a stage that fails; nothing of the next one was touched', async () => {
    const { input } = await hold(harness, [web, deployment('db', image('crashes'))]);
    const { appliedAt } = await harness.tasks.advance({ ...input, step: 0 });
    const failure = await failureOf(harness.tasks.observe({ ...input, step: 0, appliedAt }));
    expect(failure.name).toBe('RolloutFailedError');
    expect(names()).toEqual(['Deployment db']);
  });

  it('is worked out anew where the plan is of a version without stages', async () => {
    const { input, plan: reference } = await hold(harness, [web, db]);
    const { stages: _, ...old } = await harness.documents.get<Plan>(reference.document);
    const document = await harness.documents.put('plans/old.json', old);
    await harness.tasks.advance({ ...input, step: 0, plan: { ...reference, document } });
    expect(names()).toEqual(['Deployment db']);
  });
});

describe('a release that defines a kind and uses it', () => {
  it('checks what the cluster cannot be asked about against the definition, and marks it (D2)', async () => {
    const { plan: reference } = await plan(harness, [widget({ size: 1 }), widgets]);
    const { advice } = await harness.documents.get<Plan>(reference.document);
    const reason = 'its kind is defined by this release';
    expect(advice).toMatchObject([
      { kind: 'unverified', identity: { kind: 'Widget', name: 'w' }, reason, fitsSchema: true },
    ]);
  });

  it('is refused for what its own definition refuses', async () => {
    const promotion = await harness.open(
      await harness.receive([widget({ size: 'big', colour: 1 }), widgets]),
    );
    const failure = await failureOf(
      harness.tasks.planPromotion({ ...promotion, round: 1, executionArn: 'arn' }),
    );
    expect(failure).toMatchObject({
      name: 'ManifestRefusedError',
      message: `Widget.example.com ${namespace}/w: does not fit its schema: .spec.size must be integer, is string; unknown field .spec.colour`,
    });
  });

  it('is applied in one step, the definition first', async () => {
    const { input } = await hold(harness, [widget({ size: 1 }), widgets]);
    await harness.tasks.advance({ ...input, step: 0 });
    expect(names()).toEqual(['CustomResourceDefinition widgets.example.com', 'Widget w']);
  });

  it('is refused where the names of its definition are taken', async () => {
    const { cluster } = harness;
    const taken = { type: 'NamesAccepted', status: 'False', message: '"widgets" is already in use' };
    const read: typeof cluster.read = async (address) => {
      const live = await cluster.read(address);
      return live?.kind === 'CustomResourceDefinition' ? { ...live, status: { conditions: [taken] } } : live;
    };
    const refusing = await createDeploymentHarness({ cluster: { ...cluster, read } });
    const { input } = await hold(refusing, [widget({ size: 1 }), widgets]);
    const failure = await failureOf(refusing.tasks.advance({ ...input, step: 0 }));
    expect(failure.message).toContain(
      'widgets.example.com: its names are not accepted: "widgets" is already in use',
    );
  });
});
