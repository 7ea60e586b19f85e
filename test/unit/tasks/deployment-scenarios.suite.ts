import { expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Inventory, Plan } from '#domain/plan.ts';
import {
  configMap,
  type DeploymentHarness,
  deployment,
  executionArn,
  namespace,
} from './deployment-harness.ts';

export interface ScenarioImages {
  runs(version: number): string;
  crashes(version: number): string;
  /** What the crashing container says last. */
  readonly lastWords: string;
  /** How soon a crashing release fails: 10 s unless given. Real containers on a busy machine start late. */
  readonly failsWithinSeconds?: number;
}

/** What a deployment does on any cluster, from the first release to a rollback. One harness, in order. */
export function describeDeployment(harness: () => DeploymentHarness, images: ScenarioImages): void {
  const release = (version: number, imageReference: string, extra: readonly KubernetesObject[] = []) => [
    configMap('web-settings', { greeting: `hello ${version}` }),
    deployment('web', imageReference),
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata: { name: 'web', namespace },
      spec: { selector: { app: 'web' }, ports: [{ port: 80, targetPort: 8080 }] },
    },
    ...extra,
  ];
  const read = (object: KubernetesObject): Promise<LiveObject | undefined> =>
    harness().cluster.read(addressOf(object));
  const actions = ({ changes }: Plan) =>
    changes.map(({ identity, action }) => `${identity.kind} ${identity.name} ${action}`);

  it('promotes a first release: everything is created, observed, verified and inventoried', async () => {
    const { receive, promote, documents } = harness();
    const number = await receive(release(1, images.runs(1), [configMap('only-in-1', { a: '1' })]));
    const { planned, inventory } = await promote(number);
    if (planned.outcome !== 'planned' || inventory === undefined) throw new Error(`was ${planned.outcome}`);
    const plan = await documents.get<Plan>(planned.plan.document);
    expect(actions(plan)).toEqual([
      'ConfigMap only-in-1 created',
      'ConfigMap web-settings created',
      'Service web created',
      'Deployment web created',
    ]);
    const recorded = await documents.get<Inventory>(inventory);
    expect(recorded.objects.map(({ identity }) => identity.name)).toEqual([
      'web-settings',
      'web',
      'web',
      'only-in-1',
    ]);
    expect(recorded.objects.every(({ uid }) => uid.length > 0)).toBe(true);
    expect(await read(deployment('web', ''))).toMatchObject({ metadata: { uid: recorded.objects[1]?.uid } });
  });

  it('plans the same again as unchanged', async () => {
    const { receive, promote } = harness();
    const number = await receive(release(1, images.runs(1), [configMap('only-in-1', { a: '1' })]));
    const { planned } = await promote(number);
    expect(planned).toMatchObject({ outcome: 'unchanged', plan: { changes: 0 } });
  });

  it('promotes a second release: changes what differs and prunes what it no longer names, once it is healthy', async () => {
    const { receive, promote, documents } = harness();
    const number = await receive(release(2, images.runs(2)));
    const { planned } = await promote(number);
    if (planned.outcome !== 'planned') throw new Error(`was ${planned.outcome}`);
    const plan = await documents.get<Plan>(planned.plan.document);
    expect(actions(plan)).toEqual([
      'ConfigMap only-in-1 pruned',
      'ConfigMap web-settings configured',
      'Service web unchanged',
      'Deployment web configured',
    ]);
    const changed = plan.changes.find(({ identity }) => identity.kind === 'Deployment');
    expect(changed?.fields.map(({ path }) => path)).toEqual([
      '/spec/template/metadata/annotations/tidegate.dev~1config-hash',
      '/spec/template/spec/containers/0/image',
    ]);
    expect(await read(configMap('only-in-1', {}))).toBeUndefined();
  });

  it('fails a crashing release early, naming the cause, and rolls it back without residue', async () => {
    const { receive, open, acquire, deploy, tasks, promotions, targets, clock, documents } = harness();
    const number = await receive(release(3, images.crashes(3), [configMap('only-in-3', { a: '3' })]));
    const promotion = await open(number);
    const planned = await tasks.planPromotion({ ...promotion, round: 1, executionArn });
    if (planned.outcome !== 'planned') throw new Error(`was ${planned.outcome}`);
    const fence = await acquire(promotion);
    await tasks.confirmPlan({ ...promotion, round: 1, plan: planned.plan, fence });
    const began = clock.now();
    const failure: Error = await deploy(promotion, 'forward', fence, planned.plan).then(
      () => expect.unreachable('it should have failed'),
      (error: Error) => error,
    );
    expect(failure.name).toBe('RolloutFailedError');
    expect(failure.message).toMatch(
      new RegExp(
        `^Deployment.apps ${namespace}/web: container 'main' crashed \\(exit code 1\\) in \\d of \\d new pods: `,
      ),
    );
    expect(failure.message).toContain(images.lastWords);
    expect(clock.now() - began).toBeLessThan((images.failsWithinSeconds ?? 10) * 1000);

    const rollback = await tasks.planRollback({
      ...promotion,
      error: { name: failure.name, message: failure.message },
    });
    if (!rollback.possible) throw new Error(rollback.reason);
    const { inventory } = await deploy(promotion, 'rollback', fence, rollback.plan);
    expect((await documents.get<Inventory>(inventory)).release).toBe(number - 1);
    expect(await read(configMap('only-in-3', {}))).toBeUndefined();
    expect(await read(configMap('web-settings', {}))).toMatchObject({ data: { greeting: 'hello 2' } });
    expect(await read(deployment('web', ''))).toMatchObject({
      spec: { template: { spec: { containers: [{ image: images.runs(2) }] } } },
    });
    const recorded = await promotions.promotion(promotion);
    expect(recorded).toMatchObject({
      stage: 'rolling-back',
      rollbackToRelease: number - 1,
      failure: { name: 'RolloutFailedError' },
    });
    await promotions.end(promotion, { outcome: 'failed-rolled-back', endedAt: clock.now() });
    await targets.release(
      { application: promotion.application, environment: promotion.environment },
      promotion,
    );
  });
}
