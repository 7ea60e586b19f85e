import { afterAll, beforeAll, describe, expect, it as holds } from 'vitest';
import { findLive, type RolloutEvidence, seen } from '#domain/evidence.ts';
import { instant } from '#domain/instant.ts';
import { addressOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { watchScope } from '#domain/watch-scope.ts';
import type { Cluster } from '#ports/cluster.ts';

/** A cluster to hold to the contract, and hands on it from outside. */
export interface ClusterUnderTest {
  readonly cluster: Cluster;
  readonly namespace: string;
  /** Applies as another manager, by force; `hpa/scale` writes the scale subresource. */
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
  /** An image whose containers run, and one whose containers exit with code 1 after printing `lastWords`. */
  readonly images: { readonly runs: string; readonly crashes: string; readonly lastWords: string };
  stop(): Promise<void>;
}

/**
 * What every `Cluster` does alike. `differences` gives reasons by the title of a test: those must fail as long as they
 * stand there.
 */
export function describeCluster(
  name: string,
  start: () => Promise<ClusterUnderTest>,
  differences: Readonly<Record<string, string>> = {},
): void {
  const it = (title: string, run: () => Promise<void>) =>
    title in differences ? holds.fails(`${title} (differs: ${differences[title]})`, run) : holds(title, run);
  describe(`Cluster: ${name}`, () => {
    let subject: ClusterUnderTest;
    beforeAll(async () => {
      subject = await start();
    });
    afterAll(() => subject?.stop());

    const configMap = (objectName: string, data: Record<string, string>): KubernetesObject => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: objectName, namespace: subject.namespace },
      data,
    });
    const deployment = (objectName: string, image: string, replicas = 2): KubernetesObject => ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: objectName, namespace: subject.namespace },
      spec: {
        replicas,
        selector: { matchLabels: { app: objectName } },
        template: {
          metadata: { labels: { app: objectName } },
          spec: { containers: [{ name: 'main', image }] },
        },
      },
    });
    const applied = async (object: KubernetesObject, mode: 'write' | 'dry-run' = 'write') => {
      const result = await subject.cluster.apply(object, mode);
      if (result.kind !== 'applied') throw new Error(`expected 'applied', got ${JSON.stringify(result)}`);
      return result.object;
    };

    it('creates what is not there and reads it back', async () => {
      const object = configMap('created', { a: '1' });
      expect(await subject.cluster.read(addressOf(object))).toBeUndefined();
      const { metadata } = await applied(object);
      const live = await subject.cluster.read(addressOf(object));
      expect(live).toMatchObject({ data: { a: '1' }, metadata: { uid: metadata.uid } });
      expect(metadata.uid).toBeTypeOf('string');
    });

    it('changes nothing when the same is applied again', async () => {
      const object = configMap('same', { a: '1' });
      const first = await applied(object);
      const second = await applied(object);
      expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
    });

    it('removes a field that is declared no more', async () => {
      await applied(configMap('shrinks', { a: '1', b: '2' }));
      expect((await applied(configMap('shrinks', { a: '1' }))).data).toEqual({ a: '1' });
    });

    it('writes nothing in a dry run, but answers what would be', async () => {
      const object = configMap('dry', { a: '1' });
      expect(await applied(object, 'dry-run')).toMatchObject({ data: { a: '1' } });
      expect(await subject.cluster.read(addressOf(object))).toBeUndefined();
    });

    it('names field and manager when somebody else owns what is declared', async () => {
      const object = configMap('contested', { a: '1' });
      await applied(object);
      await subject.applyAs('kubectl-edit', configMap('contested', { a: '2' }));
      expect(await subject.cluster.apply(object, 'write')).toEqual({
        kind: 'conflict',
        conflicts: [{ field: '.data.a', manager: 'kubectl-edit' }],
      });
      expect(await subject.cluster.read(addressOf(object))).toMatchObject({ data: { a: '2' } });
    });

    it('says that a namespace is missing', async () => {
      const object = { ...configMap('nowhere', {}), metadata: { name: 'nowhere', namespace: 'not-there' } };
      expect(await subject.cluster.apply(object, 'dry-run')).toEqual({
        kind: 'namespace-missing',
        namespace: 'not-there',
      });
    });

    it('deletes only the object of that uid', async () => {
      const object = configMap('deleted', { a: '1' });
      const { metadata } = await applied(object);
      await subject.cluster.remove(addressOf(object), '00000000-0000-0000-0000-000000000000');
      expect(await subject.cluster.read(addressOf(object))).toBeDefined();
      await subject.cluster.remove(addressOf(object), metadata.uid ?? '');
      expect(await subject.cluster.read(addressOf(object))).toBeUndefined();
      await subject.cluster.remove(addressOf(object), metadata.uid ?? '');
    });

    it('lets one of two writers have the fence', async () => {
      const address = { namespace: subject.namespace, application: 'shop' };
      expect(await subject.cluster.readFence(address)).toBeUndefined();
      expect(
        await subject.cluster.writeFence(address, { fence: 1, holder: 'shop-1-staging-1' }, undefined),
      ).toBe(true);
      expect(await subject.cluster.writeFence(address, { fence: 2, holder: 'late' }, '999999999')).toBe(
        false,
      );
      const standing = await subject.cluster.readFence(address);
      expect(standing).toMatchObject({ fence: 1, holder: 'shop-1-staging-1' });
      const writes = await Promise.all(
        ['a', 'b'].map((holder) =>
          subject.cluster.writeFence(address, { fence: 2, holder }, standing?.version),
        ),
      );
      expect(writes.toSorted()).toEqual([false, true]);
      expect(await subject.cluster.readFence(address)).toMatchObject({ fence: 2 });
    });

    it('keeps with the fence where members may be', async () => {
      const address = { namespace: subject.namespace, application: 'members' };
      const members = { groupKinds: ['ConfigMap', 'Deployment.apps'], namespaces: [subject.namespace] };
      const first = { fence: 1, holder: 'members-1-staging-1', members };
      expect(await subject.cluster.writeFence(address, first, undefined)).toBe(true);
      const standing = await subject.cluster.readFence(address);
      expect(standing).toMatchObject(first);
      const fewer = { ...first, members: { ...members, groupKinds: ['ConfigMap'] } };
      expect(await subject.cluster.writeFence(address, fewer, standing?.version)).toBe(true);
      expect(await subject.cluster.readFence(address)).toMatchObject(fewer);
    });

    it('lets one of two deployers have the Lease', async () => {
      const address = { namespace: subject.namespace, application: 'leased' };
      expect(await subject.cluster.readLease(address)).toBeUndefined();
      const at = instant(Date.UTC(2026, 10, 21, 9, 0, 0, 123));
      const lease = {
        holder: 'leased-1-staging-1',
        orchestrator: 'arn:one',
        acquiredAt: at,
        renewedAt: at,
        durationSeconds: 300,
        transitions: 0,
      };
      expect(await subject.cluster.writeLease(address, lease, undefined)).toBe(true);
      expect(await subject.cluster.writeLease(address, lease, undefined)).toBe(false);
      const standing = await subject.cluster.readLease(address);
      expect(standing).toMatchObject(lease);
      const freed = { ...lease, holder: '', durationSeconds: 1, transitions: 1 };
      const writes = await Promise.all(
        ['a', ''].map((holder) =>
          subject.cluster.writeLease(address, { ...freed, holder }, standing?.version),
        ),
      );
      expect(writes.toSorted()).toEqual([false, true]);
      expect(await subject.cluster.readLease(address)).toMatchObject({ durationSeconds: 1, transitions: 1 });
    });

    it('lists the metadata of what carries a label, and nothing of its data', async () => {
      const label = 'applyset.kubernetes.io/part-of';
      const labelled = (objectName: string, value: string): KubernetesObject => {
        const object = configMap(objectName, { secret: 'of course' });
        return { ...object, metadata: { ...object.metadata, labels: { [label]: value } } };
      };
      await applied(labelled('member-1', 'one'));
      await applied(labelled('member-2', 'one'));
      await applied(labelled('stranger', 'two'));
      const place = { apiVersion: 'v1', kind: 'ConfigMap', namespace: subject.namespace };
      const found = await subject.cluster.listLabelled({ ...place, label, value: 'one' });
      expect(found.map(({ metadata }) => metadata.name).toSorted()).toEqual(['member-1', 'member-2']);
      expect(found[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
      expect(found[0]?.metadata.uid).toBeTypeOf('string');
      expect(JSON.stringify(found.map(({ data }) => data ?? null))).toBe('[null,null]');
      const none = await subject.cluster.listLabelled({
        ...place,
        namespace: 'not-there',
        label,
        value: 'one',
      });
      expect(none).toEqual([]);
    });

    const settle = async (
      scoped: readonly KubernetesObject[],
      isSettled: (evidence: RolloutEvidence) => boolean,
    ) => {
      const watch = await subject.cluster.watch(watchScope(scoped, subject.namespace));
      try {
        const deadline = Date.now() + 10_000;
        while (!isSettled(watch.evidence())) {
          if (Date.now() > deadline) throw new Error(`not seen: ${JSON.stringify(watch.evidence())}`);
          await watch.next(500);
        }
        return watch.evidence();
      } finally {
        watch.close();
      }
    };

    it('shows a Deployment roll out', async () => {
      const object = deployment('rolls', subject.images.runs);
      await applied(object);
      const evidence = await settle([object], (shown) =>
        seen(shown, 'apps/Deployment').some(
          ({ metadata, status }) => metadata.name === 'rolls' && status?.availableReplicas === 2,
        ),
      );
      const rolled = findLive(evidence, object);
      const replicaSet = seen(evidence, 'apps/ReplicaSet').find(({ metadata }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === rolled?.metadata.uid),
      );
      const pods = seen(evidence, '/Pod').filter(({ metadata }) =>
        metadata.ownerReferences?.some(({ uid }) => uid === replicaSet?.metadata.uid),
      );
      expect(pods).toHaveLength(2);
      const revision = 'deployment.kubernetes.io/revision';
      expect(replicaSet?.metadata.annotations?.[revision]).toBe(rolled?.metadata.annotations?.[revision]);
    });

    it('shows the kinds that it was asked for, where it was asked, and no others', async () => {
      await applied(configMap('watched', { a: '1' }));
      await applied(deployment('beside', subject.images.runs, 1));
      const configMaps = { apiVersion: 'v1', kind: 'ConfigMap', namespaced: true, optional: false };
      const shown = async (namespaces: readonly string[]) => {
        const watch = await subject.cluster.watch({ namespaces, kinds: [configMaps] });
        const evidence = watch.evidence();
        watch.close();
        return evidence;
      };
      const here = await shown([subject.namespace]);
      expect(Object.keys(here)).toEqual(['/ConfigMap']);
      expect(findLive(here, configMap('watched', {}))).toMatchObject({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        data: { a: '1' },
      });
      expect(findLive(await shown(['somewhere-else']), configMap('watched', {}))).toBeUndefined();
    });

    it('shows objects that belong to no namespace', async () => {
      const namespaces = { apiVersion: 'v1', kind: 'Namespace', namespaced: false, optional: false };
      const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: 'seen-namespace' } };
      await applied(object);
      const watch = await subject.cluster.watch({ namespaces: [], kinds: [namespaces] });
      expect(findLive(watch.evidence(), object)).toMatchObject({ status: { phase: 'Active' } });
      watch.close();
    });

    it('tells the release of Kubernetes that it runs (K10)', async () => {
      expect(await subject.cluster.version()).toMatch(/^1\.\d+$/);
    });

    it('shows a container that crashes, with its log', async () => {
      const object = deployment('crashes', subject.images.crashes, 1);
      await applied(object);
      const crashed = (evidence: RolloutEvidence) =>
        seen(evidence, '/Pod').find(
          ({ metadata, status }) =>
            metadata.name.startsWith('crashes-') &&
            status?.containerStatuses?.some(({ lastState }) => lastState?.terminated?.exitCode === 1),
        );
      const pod = crashed(await settle([object], (evidence) => crashed(evidence) !== undefined));
      const request = {
        namespace: subject.namespace,
        pod: pod?.metadata.name ?? '',
        container: 'main',
        tailLines: 5,
      };
      const logs = await Promise.all(
        [true, false].map((previous) => subject.cluster.log({ ...request, previous })),
      );
      expect(logs.join('\n')).toContain(subject.images.lastWords);
    });

    it('answers that there is no log of a pod that is not there', async () => {
      const request = {
        namespace: subject.namespace,
        pod: 'none',
        container: 'main',
        previous: true,
        tailLines: 5,
      };
      expect(await subject.cluster.log(request)).toBeUndefined();
    });

    it('leaves replicas that a scaler owns to the scaler', async () => {
      const object = deployment('scaled', subject.images.runs, 1);
      await applied(object);
      await subject.applyAs('hpa/scale', deployment('scaled', subject.images.runs, 3));
      const result = await subject.cluster.apply(object, 'dry-run');
      expect(result).toEqual({
        kind: 'conflict',
        conflicts: [{ field: '.spec.replicas', manager: 'hpa', subresource: 'scale' }],
      });
      const { replicas: _, ...spec } = object.spec as Record<string, unknown>;
      expect((await applied({ ...object, spec })).spec).toMatchObject({ replicas: 3 });
    });
  });
}
