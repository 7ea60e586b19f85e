import { describe, expect, it } from 'vitest';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Plan } from '#domain/plan.ts';
import { advance } from '#tasks/advance.ts';
import { createDeploymentHarness, createSteppedClock, namespace } from './deployment-harness.ts';
import { apply, failureOf, hold, plan } from './deployment-steps.ts';
import { Crash, runningCluster, withImmutableFields, withSteps } from './staged-cluster.ts';

const rbac = 'rbac.authorization.k8s.io';
const metadata = (name: string, more: object = {}) => ({ name, namespace, ...more });
const job = (command: string): KubernetesObject => ({
  apiVersion: 'batch/v1',
  kind: 'Job',
  metadata: metadata('migrate'),
  spec: {
    template: { spec: { containers: [{ name: 'main', image: 'a', command: [command] }] } },
  },
});
const binding = (role: string): KubernetesObject => ({
  apiVersion: `${rbac}/v1`,
  kind: 'RoleBinding',
  metadata: metadata('reads'),
  roleRef: { apiGroup: rbac, kind: 'Role', name: role },
});
const statefulSet = (serviceName: string, replicas?: number): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'StatefulSet',
  metadata: metadata('db'),
  spec: {
    serviceName,
    ...(replicas === undefined ? {} : { replicas }),
    template: { spec: { containers: [] } },
  },
});
const hpa: KubernetesObject = {
  apiVersion: 'autoscaling/v2',
  kind: 'HorizontalPodAutoscaler',
  metadata: metadata('db'),
  spec: { minReplicas: 2, scaleTargetRef: { apiVersion: 'apps/v1', kind: 'StatefulSet', name: 'db' } },
};

/** A target on which `before` is in place, on a cluster with immutable fields. */
async function inPlace(before: readonly KubernetesObject[]) {
  const clock = createSteppedClock();
  const memory = runningCluster(clock);
  const removed: string[] = [];
  const immutable = withImmutableFields(memory);
  const cluster: typeof memory = {
    ...immutable,
    async remove(address, uid, propagation) {
      removed.push(`${address.kind} ${propagation ?? 'as usual'}`);
      return memory.remove(address, uid, propagation);
    },
  };
  const harness = { ...(await createDeploymentHarness({ clock, cluster })), memory };
  const { promotion, fence } = await apply(harness, before);
  await harness.promotions.end(promotion, { outcome: 'failed-not-rolled-back', endedAt: clock.now() });
  await harness.targets.release(promotion, promotion);
  return { harness, removed, cluster, fence };
}
const read = (harness: Awaited<ReturnType<typeof inPlace>>['harness'], object: KubernetesObject) =>
  harness.memory.read(addressOf(object));

describe('an object that cannot be changed in place', () => {
  it.each<[string, KubernetesObject, KubernetesObject, string]>([
    ['a Job', job('v1'), job('v2'), 'Job as usual'],
    ['a RoleBinding', binding('reader'), binding('writer'), 'RoleBinding as usual'],
    ['a StatefulSet', statefulSet('a', 2), statefulSet('b', 2), 'StatefulSet Orphan'],
  ])('%s is replaced, and the plan says so to who approves it', async (_, before, after, how) => {
    const { harness, removed } = await inPlace([before]);
    const old = await read(harness, before);
    const { plan: reference } = await plan(harness, [after]);
    const planned = await harness.documents.get<Plan>(reference.document);
    expect(planned.changes).toMatchObject([
      {
        action: 'configured',
        uid: old?.metadata.uid,
        apply: { replacement: { because: [expect.anything()] } },
      },
    ]);
    const advised = planned.advice?.filter(({ kind }) => kind === 'replaces');
    expect(advised).toMatchObject([{ because: [expect.anything()] }]);
    expect(JSON.stringify(planned)).not.toContain('hunter2');
    expect(removed).toEqual([]);
    await harness.promote(await harness.receive([after]));
    expect(removed).toEqual([how]);
    const now = await read(harness, after);
    expect(now?.metadata.uid).not.toBe(old?.metadata.uid);
    expect(now).toMatchObject({
      ...('roleRef' in after ? { roleRef: after.roleRef } : { spec: after.spec }),
    });
  });

  it('has another digest than one that is changed: an approval of the one is none of the other', async () => {
    const { harness } = await inPlace([statefulSet('a', 2)]);
    const { plan: reference } = await plan(harness, [statefulSet('b', 2)]);
    const { changes, digest } = await harness.documents.get<Plan>(reference.document);
    const { changeSetDigest } = await import('#domain/change-set.ts');
    expect(changeSetDigest(changes)).toBe(digest);
    expect(changeSetDigest(changes.map(({ apply: _, ...change }) => change))).not.toBe(digest);
  });

  it('is not replaced while it runs; what ran when it was written is waited for', async () => {
    const { harness, cluster } = await inPlace([job('v1')]);
    const { input } = await hold(harness, [job('v2')]);
    const isActive = (live: LiveObject | undefined) =>
      live && ({ ...live, status: { active: 1 } } as LiveObject);
    const running = { ...cluster, read: async (address: never) => isActive(await cluster.read(address)) };
    const advancing = advance({ ...harness, clusters: { of: async () => running } })({ ...input, step: 0 });
    expect(await failureOf(advancing)).toMatchObject({
      name: 'ClusterUnavailableError',
      message: expect.stringContaining('is not replaced now: it is running'),
    });
    expect(await read(harness, job('v1'))).toMatchObject({ spec: job('v1').spec as object });
  });

  it('keeps the replicas that a scaler gave it', async () => {
    const { harness } = await inPlace([statefulSet('a', 2), hpa]);
    await harness.memory.applyAs('hpa/scale', statefulSet('a', 6));
    await apply(harness, [statefulSet('b', 2), hpa]);
    expect((await read(harness, statefulSet('b')))?.spec).toMatchObject({ serviceName: 'b', replicas: 6 });
  });
});

describe('a replacement that is cut off (I3)', () => {
  it.each<[string, KubernetesObject, KubernetesObject]>([
    ['a Job', job('v1'), job('v2')],
    ['a StatefulSet', statefulSet('a', 2), statefulSet('b', 2)],
  ])('of %s is finished by the next call, wherever it was', async (_, before, after) => {
    let cuts = 0;
    for (let at = 1; ; at += 1) {
      const { harness, removed, cluster } = await inPlace([before]);
      const { input } = await hold(harness, [after]);
      const old = await read(harness, before);
      let steps = 0;
      const step = () => {
        steps += 1;
        if (steps === at) throw new Crash('killed');
      };
      const kept: LiveObject[] = [];
      const documents = createMemoryDocumentStore();
      const recording: typeof documents = {
        get: (reference) => harness.documents.get(reference),
        put: async (key, document) => {
          if (key.includes('/replaced-')) kept.push(document as LiveObject);
          return harness.documents.put(key, document);
        },
      };
      const cut = advance({
        ...harness,
        clusters: {
          of: async () => withSteps(cluster, ['read', 'apply', 'remove', 'writeFence', 'readFence'], step),
        },
        documents: withSteps(recording, ['put'], step),
      });
      const crashed = await cut({ ...input, step: 0 }).then(
        () => false,
        (error: Error) => {
          expect(error).toBeInstanceOf(Crash);
          return true;
        },
      );
      // Never a delete without what was deleted being kept first.
      if (removed.length > 0) expect(kept.map(({ metadata: { uid } }) => uid)).toContain(old?.metadata.uid);
      await harness.tasks.advance({ ...input, step: 0 });
      const now = await read(harness, after);
      expect(now?.metadata.uid).not.toBe(old?.metadata.uid);
      expect(now?.spec).toMatchObject(after.spec as object);
      expect(harness.memory.objects()).toHaveLength(1);
      if (!crashed) break;
      cuts += 1;
    }
    expect(cuts).toBeGreaterThan(8);
  });
});
