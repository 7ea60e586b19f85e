import { describe, expect, it } from 'vitest';
import { configMap, createDeploymentHarness, createSteppedClock, namespace } from './deployment-harness.ts';
import { apply, failureOf, hold } from './deployment-steps.ts';
import { runningCluster, withWitness, witnessed } from './staged-cluster.ts';

const extra = configMap('extra', { a: '1' });

describe('Advance and namespaces that the release brings', () => {
  const brought = (name: string) => ({ apiVersion: 'v1', kind: 'Namespace', metadata: { name } });
  const inside = { ...extra, metadata: { name: 'extra', namespace: 'brought' } };

  it.each([
    [
      'another one, with the fence claimed first',
      [namespace],
      [inside, brought('brought')],
      ['fence 1', 'apply Namespace brought', 'apply ConfigMap brought/extra'],
    ],
    [
      'its own, before the fence that is kept in it',
      [],
      [extra, brought(namespace)],
      [`apply Namespace ${namespace}`, 'fence 1', `apply ConfigMap ${namespace}/extra`],
    ],
  ])('creates %s', async (_, namespaces, objects, expected) => {
    const writes: string[] = [];
    const clock = createSteppedClock();
    const cluster = withWitness(runningCluster(clock, namespaces), (write) => void writes.push(write));
    const bringing = await createDeploymentHarness({ clock, cluster });
    const { promotion, applied } = await apply(bringing, objects);
    expect(writes).toEqual(expected);
    expect((await bringing.promotions.promotion(promotion))?.firstWriteAt).toBe(applied.appliedAt);
  });

  it('marks the first write before the first of them', async () => {
    const killed = await witnessed((write) => {
      if (write.startsWith('apply Namespace')) throw new Error('killed');
    });
    const { promotion, input } = await hold(killed, [inside, brought('brought')]);
    await expect(killed.tasks.advance({ ...input, step: 0 })).rejects.toThrow('killed');
    expect((await killed.promotions.promotion(promotion))?.firstWriteAt).toBe(killed.clock.now());
  });

  it('gives up for now when one does not become active', async () => {
    const clock = createSteppedClock();
    const memory = runningCluster(clock);
    const read: typeof memory.read = async (address) => {
      const live = await memory.read(address);
      return live?.kind === 'Namespace' ? { ...live, status: { phase: 'Terminating' } } : live;
    };
    const stuck = await createDeploymentHarness({ clock, cluster: { ...memory, read } });
    const { input } = await hold(stuck, [inside, brought('brought')]);
    const began = clock.now();
    expect(await failureOf(stuck.tasks.advance({ ...input, step: 0 }))).toMatchObject({
      name: 'ClusterUnavailableError',
      message: 'Namespace brought: not Active within 15 s of its creation',
    });
    expect(clock.now() - began).toBe(15_000);
    expect(memory.objects().map(({ kind }) => kind)).toEqual(['Namespace']);
  });

  it('goes on without a default ServiceAccount after a moment: pods that need it say so', async () => {
    const clock = createSteppedClock();
    const memory = runningCluster(clock);
    const read: typeof memory.read = async (address) =>
      address.kind === 'ServiceAccount' ? undefined : memory.read(address);
    const bare = await createDeploymentHarness({ clock, cluster: { ...memory, read } });
    const began = clock.now();
    await apply(bare, [inside, brought('brought')]);
    expect(memory.objects()).toHaveLength(2);
    expect(clock.now() - began).toBe(3_000);
  });

  it('refuses what is in a namespace that vanished since the plan', async () => {
    const clock = createSteppedClock();
    const memory = runningCluster(clock, [namespace, 'brought']);
    const writes: typeof memory.apply = async (object, mode) =>
      mode === 'write' ? { kind: 'namespace-missing', namespace: 'brought' } : memory.apply(object, mode);
    const gone = await createDeploymentHarness({ clock, cluster: { ...memory, apply: writes } });
    await expect(apply(gone, [inside])).rejects.toMatchObject({
      name: 'ManifestRefusedError',
      message: expect.stringMatching(/^ConfigMap brought\/extra: namespace 'brought' does not exist; /),
    });
  });
});
