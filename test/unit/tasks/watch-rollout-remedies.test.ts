import { describe, expect, it } from 'vitest';
import { createMemoryCluster } from '#adapters/memory/cluster.ts';
import { ConfigurationError, FenceLostError } from '#domain/errors.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { type Remedy, remedyText } from '#domain/remedy.ts';
import { carryOutRemedy } from '#tasks/parts/carry-out-remedy.ts';
import type { FenceHold } from '#tasks/parts/hold-fence.ts';
import { watchRollout } from '#tasks/parts/watch-rollout.ts';
import { createSteppedClock } from './deployment-harness.ts';

const namespace = 'shop';
const held: FenceHold = {
  claim: async () => {},
  renew: async () => {},
  check: async () => {},
  settle: async () => {},
  checkedAt: () => undefined,
};

function statefulSet(image: string): KubernetesObject {
  return {
    apiVersion: 'apps/v1',
    kind: 'StatefulSet',
    metadata: { name: 'db', namespace },
    spec: {
      replicas: 3,
      selector: { matchLabels: { app: 'db' } },
      template: {
        metadata: { labels: { app: 'db' } },
        spec: { containers: [{ name: 'main', image }] },
      },
    },
  };
}

/** A cluster on which a StatefulSet is applied again and again, and watched after each apply. */
function stage(mends = true) {
  const clock = createSteppedClock();
  const cluster = createMemoryCluster({
    clock,
    namespaces: [namespace],
    behaviourOf: (image) =>
      image === 'db:bad' ? { kind: 'crashes', exitCode: 7, log: 'no data\n' } : { kind: 'runs' },
  });
  return {
    async release(image: string) {
      const object = statefulSet(image);
      const appliedAt = clock.now();
      await cluster.apply(object, 'write');
      const remedies: Remedy[] = [];
      const { decision, remedied } = await watchRollout({
        cluster,
        clock,
        policy: { stabilityWindowSeconds: 10, deadlineSeconds: 120, namespace },
        objects: [object],
        appliedAt,
        until: secondsAfter(appliedAt, 600),
        changes: [],
        note: async () => {},
        async carryOut(remedy) {
          remedies.push(remedy);
          return mends ? carryOutRemedy(cluster, held, remedy) : remedy;
        },
      });
      return { decision, remedies, remedied, seconds: (clock.now() - appliedAt) / 1000 };
    },
  };
}

describe('a StatefulSet that waits for a pod of a superseded revision', () => {
  it('fails with the bad template, and is mended by deleting the stuck pod once the good one is applied', async () => {
    const { release } = stage();
    expect(await release('db:good')).toMatchObject({ decision: { kind: 'stable' }, remedies: [] });
    expect(await release('db:bad')).toMatchObject({
      decision: { kind: 'failed', cause: { rule: 'E2', pods: { affected: 1, total: 1 } } },
      remedies: [],
    });
    const { decision, remedies, seconds } = await release('db:good');
    expect(decision.kind).toBe('stable');
    expect(remedies).toMatchObject([{ kind: 'superseded-revision', pod: { name: 'db-2' } }]);
    expect(seconds).toBeLessThan(5 + 1 + 10);
  });

  it('goes on to the deadline where it is not deleted, and is told of each pod once', async () => {
    const { release } = stage(false);
    await release('db:good');
    await release('db:bad');
    const { decision, remedies, remedied } = await release('db:good');
    expect(decision).toMatchObject({ kind: 'deadline', as: 'failed-at-deadline' });
    expect(remedies).toHaveLength(1);
    expect(remedied).toEqual(remedies);
  });

  it('leaves pods alone that are only being replaced', async () => {
    const { release } = stage();
    await release('db:good');
    expect(await release('db:better')).toMatchObject({ decision: { kind: 'stable' }, remedies: [] });
  });
});

describe('a remedy', () => {
  const remedy: Remedy = {
    kind: 'node-suspect',
    object: { group: 'apps', kind: 'Deployment', namespace, name: 'web' },
    pod: { namespace, name: 'web-1', uid: 'uid-1' },
    reason: 'it alone is bad',
  };
  const cluster = createMemoryCluster({ clock: createSteppedClock(), namespaces: [namespace] });
  const refusing = (error: Error) => ({
    ...cluster,
    async remove() {
      throw error;
    },
  });

  it('that may not be carried out is told, and the rollout goes on', async () => {
    const forbidden = refusing(new ConfigurationError('pods: may not be deleted'));
    const done = await carryOutRemedy(forbidden, held, remedy);
    expect(remedyText(done)).toBe(
      'could not delete Pod shop/web-1 of Deployment.apps shop/web: it alone is bad (pods: may not be deleted)',
    );
  });

  it('is not carried out by a run that has lost its target', async () => {
    const lost = { ...held, check: async () => Promise.reject(new FenceLostError('lost')) };
    const deleting = refusing(new Error('deleted'));
    await expect(carryOutRemedy(deleting, lost, remedy)).rejects.toThrow(FenceLostError);
  });
});
