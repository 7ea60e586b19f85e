import { describe, expect, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { createDeploymentHarness, deployment, image } from './deployment-harness.ts';
import { apply } from './deployment-steps.ts';
import { applied, decided, start } from './observed-rollout.ts';
import { all, containers, deployments, during, type Stage, unready } from './rollout-stages.ts';

// The memory cluster's pods are ready 300 ms after they were applied, and it is looked at 50 ms after each look.
const readyMilliseconds = 300;

describe('Observe and the stability window', () => {
  it.each<[string, Stage | undefined, number, number]>([
    ['ends when all has been ready for as long', undefined, 20, readyMilliseconds + 20_000],
    ['of no length ends at once', undefined, 0, readyMilliseconds],
    ['goes on over calls', undefined, 130, readyMilliseconds + 130_000],
    ['begins again when something flips back', during(start + 10_000, start + 12_000, unready), 20, 32_000],
    [
      'begins again when it flips back in another call',
      during(start + 70_000, start + 70_100, unready),
      80,
      70_100 + 80_000,
    ],
    [
      'begins again in the very moment it would have ended',
      during(start + readyMilliseconds + 20_000, start + 25_000, unready),
      20,
      45_000,
    ],
    [
      'counts from the last restart, though all is ready',
      all(
        containers({
          ready: true,
          restartCount: 1,
          state: { running: {} },
          lastState: { terminated: { exitCode: 1, finishedAt: '2026-11-21T09:00:05Z' } },
        }),
        deployments((each) => ({
          ...each,
          status: { ...each.status, readyReplicas: 2, availableReplicas: 2 },
        })),
      ),
      20,
      25_000,
    ],
  ])('%s', async (_, stage, stabilityWindowSeconds, milliseconds) => {
    const { harness, observation } = await applied({
      stabilityWindowSeconds,
      deadlineSeconds: 600,
      ...(stage === undefined ? {} : { stage }),
    });
    const { next, afterMilliseconds } = await decided(harness, observation);
    expect(next).toBe('verify');
    expect(afterMilliseconds).toBeGreaterThanOrEqual(milliseconds);
    expect(afterMilliseconds).toBeLessThan(milliseconds + 100);
  });

  it('is long enough for a liveness probe to speak up', async () => {
    const web = deployment('web', image('web'));
    const livenessProbe = { initialDelaySeconds: 5, periodSeconds: 10, failureThreshold: 3 };
    const probed = {
      ...web,
      spec: {
        ...(web.spec as object),
        template: {
          metadata: { labels: { app: 'web' } },
          spec: { containers: [{ name: 'main', image: image('web'), livenessProbe }] },
        },
      },
    } as KubernetesObject;
    const harness = await createDeploymentHarness({ stabilityWindowSeconds: 10 });
    const { observation } = await apply(harness, [probed]);
    const { afterMilliseconds } = await decided(harness, observation);
    expect(Math.floor(afterMilliseconds / 1000)).toBe(5 + 30 + 2);
  });

  it('of an earlier apply does not count', async () => {
    const { harness, clock, input, observation } = await applied({ stabilityWindowSeconds: 60 });
    await harness.tasks.observe(observation);
    const { appliedAt } = await harness.tasks.advance({ ...input, step: 0 });
    clock.advance(20);
    const { afterMilliseconds } = await decided(harness, { ...observation, appliedAt });
    expect(afterMilliseconds).toBe(80_000);
  });
});
