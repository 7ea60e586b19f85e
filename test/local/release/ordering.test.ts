import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Pipeline } from '#domain/pipeline.ts';
import type { PromotionView, ReleaseView } from '#domain/view.ts';
import { decide, openPage } from '../../../cli/approve/decide.ts';
import { zipOf } from '../../unit/domain/bundle/zips.ts';
import {
  bundleFiles,
  bundleOf,
  configMap,
  deployment,
  type EnvironmentChoice,
  image,
  namespaceOf,
  pipelineOf,
} from './applications.ts';
import { configMapPath, deploymentPath } from './cluster-client.ts';
import { eventually, patienceMilliseconds } from './eventually.ts';
import { createLanes } from './lanes.ts';
import { hasEnded, type ReleaseCloud, startReleaseCloud } from './release-cloud.ts';

// Expiry is not played here: a request stays open for a minute at least. test/statemachine steps the clock over it.

const ana = 'ana@example.com';
const asks: EnvironmentChoice = { name: 'production', approvers: [ana] };
const free: EnvironmentChoice = { name: 'production' };
const into = (application: string, release: number, environment = 'production') => ({
  application,
  release,
  environment,
});

let cloud: ReleaseCloud;
/** Few at a time: each more would start its own sandbox of every function, which costs more than it saves. */
const lanes = createLanes(4);
const paced = (play: () => Promise<void>) => () => lanes(play);

beforeAll(async () => {
  cloud = await startReleaseCloud(['StartRelease', 'ShowRelease', 'ValidateBundle', 'PlanPromotion']);
}, patienceMilliseconds);
afterAll(async () => {
  await cloud?.stop();
});

async function pipelineFor(
  application: string,
  ...environments: readonly EnvironmentChoice[]
): Promise<Pipeline> {
  const pipeline = pipelineOf(application, environments);
  await cloud.putPipeline(pipeline);
  return pipeline;
}

/** Uploads a bundle of one ConfigMap `settings`, and of a Deployment `web` that behaves as the word says. */
async function push(
  pipeline: Pipeline,
  value: string,
  behaviour?: string,
  more: Readonly<Record<string, string>> = {},
) {
  const web = behaviour === undefined ? {} : { web: deployment('web', image(behaviour)) };
  return cloud.upload(
    pipeline.application,
    await bundleOf(pipeline, { settings: configMap('settings', { value }), ...web, ...more }),
  );
}

const release = async (application: string, number: number): Promise<ReleaseView> => {
  const answer = await cloud.show({ kind: 'release', application, release: number });
  if (answer.kind !== 'release') throw new Error(`release ${number} of ${application} is ${answer.kind}`);
  return answer.view;
};
const newest = ({ promotions }: ReleaseView): PromotionView | undefined => promotions.at(-1);
const isAsked = (view: ReleaseView): boolean => newest(view)?.requests.at(-1)?.status === 'pending';
/** Something was written, and the rollout is being watched. */
const isRollingOut = (view: ReleaseView): boolean => newest(view)?.promotion.progress !== undefined;
const valueIn = async (application: string, environment = 'production'): Promise<string | undefined> => {
  const live = await cloud.cluster.read(configMapPath(namespaceOf(application, environment), 'settings'));
  return live?.data.value;
};
async function approve(application: string, number: number): Promise<void> {
  const { link, code } = await cloud.invitation(into(application, number));
  await decide({ verdict: 'approved', comment: '', link, code });
}

describe.concurrent('one target', { timeout: patienceMilliseconds }, () => {
  it(
    'gives way to a newer release that asks: the older one ends superseded, and its page says so',
    paced(async () => {
      const pipeline = await pipelineFor('overtaken', asks);
      const first = await push(pipeline, '1');
      const { link, code } = await cloud.invitation(into('overtaken', 1));
      const second = await push(pipeline, '2');
      const older = await cloud.follow(first, hasEnded);
      expect(older.release).toMatchObject({ release: 1, outcome: 'superseded', supersededBy: 2 });
      const page = await openPage(link);
      expect(page.text).toContain('Superseded: release 2 has taken its place');
      await expect(decide({ verdict: 'approved', comment: '', link, code })).rejects.toThrow(
        'asks for no decision',
      );
      expect(
        await cloud.cluster.read(`/api/v1/namespaces/${namespaceOf('overtaken', 'production')}`),
      ).toBeUndefined();
      await approve('overtaken', 2);
      expect((await cloud.follow(second, hasEnded)).release.outcome).toBe('succeeded');
      expect(await valueIn('overtaken')).toBe('2');
    }),
  );

  it(
    'stays as it is when a release is rejected',
    paced(async () => {
      const pipeline = await pipelineFor('refused', asks);
      const bundle = await push(pipeline, '1');
      const { link, code } = await cloud.invitation(into('refused', 1));
      await decide({ verdict: 'rejected', comment: 'not this week', link, code });
      const { release, promotions } = await cloud.follow(bundle, hasEnded);
      expect(release.outcome).toBe('rejected');
      expect(promotions.map(({ promotion }) => promotion.outcome)).toEqual(['rejected']);
      expect((await openPage(link)).text).toContain('not this week');
      expect(await valueIn('refused')).toBeUndefined();
    }),
  );

  it(
    'is free after a release was stopped that waited for a decision',
    paced(async () => {
      const pipeline = await pipelineFor('withdrawn', asks);
      const first = await push(pipeline, '1');
      const { link } = await cloud.invitation(into('withdrawn', 1));
      const { release } = await cloud.follow(first, isAsked);
      await cloud.stopExecution(release.executionArn ?? '');
      const stopped = await cloud.follow(
        first,
        (view) => hasEnded(view) && newest(view)?.promotion.outcome !== undefined,
      );
      expect(stopped.release.outcome).toBe('withdrawn');
      expect(newest(stopped)?.promotion.outcome).toBe('withdrawn');
      expect(newest(stopped)?.requests.map(({ status }) => status)).toEqual(['withdrawn']);
      expect((await openPage(link)).text).toContain('Withdrawn');
      const second = await push(pipeline, '2');
      await approve('withdrawn', 2);
      expect((await cloud.follow(second, hasEnded)).release.outcome).toBe('succeeded');
      expect(await valueIn('withdrawn')).toBe('2');
    }),
  );

  it(
    'is brought back when a release is stopped in mid-deploy, while others go on',
    paced(async () => {
      const pipeline = await pipelineFor('halted', free);
      expect((await cloud.follow(await push(pipeline, '1', 'web'), hasEnded)).release.outcome).toBe(
        'succeeded',
      );
      const second = await push(pipeline, '2', 'unready', { extra: configMap('extra') });
      const { release: running } = await cloud.follow(second, isRollingOut);
      expect(await valueIn('halted')).toBe('2');

      const neighbour = await push(await pipelineFor('neighbour', free), '1');
      expect((await cloud.follow(neighbour, hasEnded)).release.outcome).toBe('succeeded');
      expect((await release('halted', 2)).release.outcome).toBeUndefined();

      await cloud.stopExecution(running.executionArn ?? '');
      const stopped = await cloud.follow(
        second,
        (view) => hasEnded(view) && newest(view)?.promotion.outcome !== undefined,
      );
      expect(stopped.release.outcome).toBe('failed-not-rolled-back');
      expect(newest(stopped)?.promotion).toMatchObject({
        outcome: 'failed-not-rolled-back',
        rollbackToRelease: 1,
      });
      const back = await eventually(
        'rollback of halted',
        () => release('halted', 1),
        (view) =>
          newest(view)?.promotion.outcome !== undefined && newest(view)?.promotion.kind === 'rollback',
      );
      expect(newest(back)?.promotion).toMatchObject({ kind: 'rollback', attempt: 2, outcome: 'promoted' });
      expect(await valueIn('halted')).toBe('1');
      expect(await cloud.cluster.read(configMapPath(namespaceOf('halted', 'production'), 'extra'))).toBe(
        undefined,
      );
      const web = await cloud.cluster.read(deploymentPath(namespaceOf('halted', 'production'), 'web'));
      expect(web.spec.template.spec.containers[0].image).toBe(image('web'));
      const repaired = await release('halted', 2);
      expect(repaired.release.outcome).toBe('failed-rolled-back');
      expect(newest(repaired)?.promotion).toMatchObject({
        outcome: 'failed-rolled-back',
        repairedBy: { release: 1, attempt: 2 },
      });
    }),
  );

  it(
    'says that it could not be rolled back when the very first release fails',
    paced(async () => {
      const pipeline = await pipelineFor('stillborn', { ...free, stabilityWindowSeconds: 1 });
      const { release, promotions } = await cloud.follow(await push(pipeline, '1', 'crash'), hasEnded);
      expect(release.outcome).toBe('failed-not-rolled-back');
      expect(release.failure?.message).toMatch(/Deployment\.apps .*stillborn-production\/web/);
      expect(promotions.at(-1)?.promotion.rollbackFailure?.message).toContain('no earlier good release');
    }),
  );

  it(
    'takes releases that queue for it in their order',
    paced(async () => {
      const pipeline = await pipelineFor('queued', free);
      const first = await push(pipeline, '1', 'slow');
      await cloud.follow(first, isRollingOut);
      const second = await push(pipeline, '2', 'web');
      // Uploads of one second have no order of their own: numbers do.
      await cloud.follow(second, (view) => newest(view)?.promotion.plan !== undefined);
      const third = await push(pipeline, '3', 'web');
      const ended = await Promise.all([first, second, third].map((bundle) => cloud.follow(bundle, hasEnded)));
      expect(ended.map(({ release }) => release.outcome)).toEqual(['succeeded', 'succeeded', 'succeeded']);
      const fences = ended.map((view) => newest(view)?.promotion.fence ?? 0);
      expect(fences).toEqual(fences.toSorted((a, b) => a - b));
      expect(await valueIn('queued')).toBe('3');
    }),
  );
});

describe.concurrent('several targets', { timeout: patienceMilliseconds }, () => {
  it(
    'do not wait for each other: one environment is being deployed to while another takes a newer release',
    paced(async () => {
      const pipeline = await pipelineFor('abreast', { name: 'staging' }, { name: 'production' });
      const files = bundleFiles(pipeline, { settings: configMap('settings', { value: '1' }) });
      const stuck = { ...files, 'manifests/production/web.yaml': deployment('web', image('unready')) };
      const first = await cloud.upload('abreast', await zipOf(stuck));
      const inProduction = (view: ReleaseView) => newest(view)?.promotion.environment === 'production';
      const running = await cloud.follow(first, (view) => inProduction(view) && isRollingOut(view));
      const second = await push(pipeline, '2');
      const ahead = await cloud.follow(second, (view) => view.promotions[0]?.promotion.outcome !== undefined);
      expect(ahead.promotions[0]?.promotion).toMatchObject({ environment: 'staging', outcome: 'promoted' });
      expect(await valueIn('abreast', 'staging')).toBe('2');
      expect((await release('abreast', 1)).release.outcome).toBeUndefined();
      await cloud.stopExecution(running.release.executionArn ?? '');
      expect((await cloud.follow(second, hasEnded)).release.outcome).toBe('succeeded');
      expect(await valueIn('abreast')).toBe('2');
    }),
  );
});
