import { describe, expect, it } from 'vitest';
import type { RolloutProgress } from '#domain/promotion.ts';
import { observe } from '#tasks/observe.ts';
import {
  createDeploymentHarness,
  createSteppedClock,
  deployment,
  image,
  namespace,
} from './deployment-harness.ts';
import { apply } from './deployment-steps.ts';
import { applied, start } from './observed-rollout.ts';
import { during, type Stage, unready } from './rollout-stages.ts';
import { runningCluster, withStage } from './staged-cluster.ts';

describe('Observe and the progress it notes', () => {
  async function noted(settings: Parameters<typeof applied>[0], watchSeconds = 50) {
    const { harness, observation } = await applied(settings);
    const notes: RolloutProgress[] = [];
    const promotions: typeof harness.promotions = {
      ...harness.promotions,
      async note(id, note) {
        if (note.progress !== undefined) notes.push(note.progress);
        await harness.promotions.note(id, note);
      },
    };
    const watching = observe({ ...harness, promotions }, { watchSeconds })(observation);
    await watching.catch(() => undefined);
    return notes;
  }

  it('is what there is to wait for, then when the window ends', async () => {
    const stage = during(start, start + 5_000, unready);
    const [first, second, ...more] = await noted({ stage, stabilityWindowSeconds: 10 });
    expect(first).toEqual({
      readyObjects: 1,
      totalObjects: 3,
      waitingFor: [
        `Deployment.apps ${namespace}/web: 0 of 2 pods ready`,
        `Service ${namespace}/web: no ready endpoint yet`,
      ],
      observedAt: start,
    });
    expect(more.at(-1)).toEqual({
      readyObjects: 3,
      totalObjects: 3,
      waitingFor: [],
      observedAt: start + 15_000,
    });
    const window = [second, ...more].find((each) => each?.stableAt !== undefined);
    expect(window).toMatchObject({ readyObjects: 3, waitingFor: [], stableAt: start + 15_000 });
  });

  it('is written at changes alone', async () => {
    expect(await noted({ stage: unready })).toHaveLength(2);
  });

  it('is written at most once a second, and the last look always', async () => {
    const flips: Stage = (evidence, now) =>
      Math.floor(now / 200) % 2 === 0 ? unready(evidence, now) : evidence;
    const notes = await noted({ stage: flips, stabilityWindowSeconds: 10 }, 20);
    const gaps = notes.slice(1).map(({ observedAt }, index) => observedAt - (notes[index]?.observedAt ?? 0));
    expect(gaps).toEqual(Array.from({ length: 20 }, () => 1_000));
    expect(notes.at(-1)?.observedAt).toBe(start + 20_000);
  });

  it('names the first five objects that are not ready', async () => {
    const clock = createSteppedClock(start);
    const cluster = withStage(runningCluster(clock), clock, unready);
    const harness = await createDeploymentHarness({ clock, cluster });
    const seven = Array.from({ length: 7 }, (_, index) => deployment(`web-${index}`, image('web')));
    const { promotion, observation } = await apply(harness, seven);
    await harness.tasks.observe(observation);
    const { progress } = (await harness.promotions.promotion(promotion)) ?? {};
    expect(progress).toMatchObject({ readyObjects: 0, totalObjects: 7 });
    expect(progress?.waitingFor).toHaveLength(5);
  });
});
