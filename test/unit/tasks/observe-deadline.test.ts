import { describe, expect, it } from 'vitest';
import { observe } from '#tasks/observe.ts';
import { deployment, image, namespace, service } from './deployment-harness.ts';
import { applied, decided, failing, type Staged, start } from './observed-rollout.ts';
import {
  all,
  containers,
  deployments,
  during,
  events,
  unready,
  unscheduled,
  waiting,
} from './rollout-stages.ts';

const web = deployment('web', image('web'));
const balanced = service('web');
const exposed = { ...balanced, spec: { ...(balanced.spec as object), type: 'LoadBalancer' } };
const settings = {
  apiVersion: 'v1',
  kind: 'Secret',
  metadata: { name: 'web-key', namespace },
  stringData: { key: 'k' },
};
const subject = `Deployment.apps ${namespace}/web`;
const deadlineSeconds = 30;

describe('Observe waits to the deadline for what may still come, and names it then', () => {
  const late = `rollout: not healthy within ${deadlineSeconds} s; waited for ${subject}: 0 of 2 pods ready`;
  it.each<[string, string, Partial<Staged> & Pick<Staged, 'stage'>, string]>([
    [
      'E4',
      'a Secret that the release brings itself',
      {
        stage: waiting('CreateContainerConfigError', 'secret "web-key" not found'),
        objects: [settings, web],
      },
      `${late}: container 'main' cannot be configured (secret "web-key" not found)`,
    ],
    [
      'E7',
      'a node that an autoscaler may bring',
      { stage: unscheduled('0/3 nodes are available: 3 Insufficient cpu.') },
      `${late}: cannot be scheduled (0/3 nodes are available: 3 Insufficient cpu.) (waits for the scheduler)`,
    ],
    [
      'E9',
      'a container that is not ready yet',
      {
        stage: all(
          containers({ state: { running: {} } }),
          events('/Pod', 'Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 404'),
        ),
      },
      `${late}: container 'main' is not ready (Readiness probe failed: HTTP probe failed with statuscode: 404)`,
    ],
    [
      'E2',
      'a container that crashed only once',
      {
        stage: containers({
          restartCount: 1,
          state: { running: {} },
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-21T09:00:01Z' } },
        }),
      },
      `${late}: container 'main' crashed (exit code 1)`,
    ],
    ['H', 'pods that say nothing', { stage: unready }, late],
    [
      'H',
      'a Deployment that is paused',
      { stage: deployments((each) => ({ ...each, spec: { ...each.spec, paused: true } })) },
      `rollout: not healthy within ${deadlineSeconds} s; waited for ${subject}: is paused (spec.paused)`,
    ],
    [
      'H',
      'a controller that has not looked yet',
      { stage: deployments(({ status: _, ...each }) => each) },
      `rollout: not healthy within ${deadlineSeconds} s; waited for ${subject}: not yet observed by its controller`,
    ],
    [
      'H Service',
      'a load balancer that nobody brings',
      { stage: (evidence) => evidence, objects: [web, exposed] },
      `rollout: not healthy within ${deadlineSeconds} s; waited for Service ${namespace}/web: has no load balancer yet (waits for the load-balancer controller)`,
    ],
  ])('%s: %s', async (rule, _, staged, headline) => {
    const { failure, afterSeconds } = await failing({ objects: [web], deadlineSeconds, ...staged });
    expect(failure).toMatchObject({ name: 'ProgressDeadlineExceededError', facts: { rule } });
    expect(failure.message.split('\n')[0]).toBe(headline);
    expect(afterSeconds).toBe(deadlineSeconds);
  });
});

describe('Observe and the deadline', () => {
  const late = 60_000;
  it.each([
    ['goes on to the last millisecond', late - 1, undefined],
    ['fails when it is reached', late, 'ProgressDeadlineExceededError'],
    ['fails when it has passed', late + 1, 'ProgressDeadlineExceededError'],
  ])('%s', async (_, milliseconds, name) => {
    const { harness, clock, observation } = await applied({ stage: unready, deadlineSeconds: 60 });
    await clock.sleep(milliseconds);
    const looking = observe(harness, { watchSeconds: 0 })(observation);
    if (name === undefined) expect(await looking).toMatchObject({ next: 'observe' });
    else await expect(looking).rejects.toMatchObject({ name });
  });

  it('counts from the apply, over calls', async () => {
    const { harness, observation } = await applied({ stage: unready, deadlineSeconds: 120 });
    await expect(decided(harness, observation)).rejects.toMatchObject({
      name: 'ProgressDeadlineExceededError',
    });
    expect(harness.clock.now()).toBe(start + 120_000);
  });

  it('does not end a rollout that is ready, however long its window', async () => {
    const { harness, observation } = await applied({ stabilityWindowSeconds: 90, deadlineSeconds: 60 });
    expect(await decided(harness, observation)).toMatchObject({ next: 'verify' });
  });

  it('ends one that flips back too late', async () => {
    const stage = during(start + 70_000, start + 99_000, unready);
    const { harness, observation } = await applied({
      stage,
      stabilityWindowSeconds: 90,
      deadlineSeconds: 60,
    });
    await expect(decided(harness, observation)).rejects.toMatchObject({
      name: 'ProgressDeadlineExceededError',
      message: expect.stringContaining(`waited for Deployment.apps ${namespace}/web: 0 of 2 pods ready`),
    });
    expect(harness.clock.now()).toBe(start + 70_000);
  });
});
