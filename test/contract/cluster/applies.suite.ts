import { describe, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { appliedFields, managedFieldsOf } from '#domain/managed-fields.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import { migratedEntries } from '#domain/ownership-migration.ts';
import type { ApplyOptions, Cluster } from '#ports/cluster.ts';

interface Subject {
  readonly cluster: Cluster;
  readonly namespace: string;
  applyAs(manager: string, object: KubernetesObject): Promise<void>;
}

/** What every `Cluster` does alike with lists and with applies that differ from the ordinary one. */
export function describeApplies(subject: () => Subject): void {
  const configMap = (name: string, data: object, labels?: object): KubernetesObject => ({
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: subject().namespace,
      ...(labels && { labels }),
    } as KubernetesObject['metadata'],
    data,
  });
  const apply = (object: KubernetesObject, options: ApplyOptions = {}, mode: 'write' | 'dry-run' = 'write') =>
    subject().cluster.apply(object, mode, options);
  const read = async (object: KubernetesObject) =>
    (await subject().cluster.read(addressOf(object))) as LiveObject & { readonly metadata: { uid: string } };

  describe('lists', () => {
    it('all objects of a kind in a namespace, each with its kind', async () => {
      const names = ['listed-a', 'listed-b', 'listed-c'];
      for (const name of names) await apply(configMap(name, { a: name }, { list: 'me' }));
      const { namespace } = subject();
      const listed = await subject().cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
      const found = listed?.filter(({ metadata }) => names.includes(metadata.name)) ?? [];
      expect(found).toHaveLength(3);
      for (const live of found) expect(live).toEqual(await read(live));
    });

    it('what has a label', async () => {
      await apply(configMap('labelled', {}, { list: 'you' }));
      const request = { apiVersion: 'v1', kind: 'ConfigMap', namespace: subject().namespace };
      const listed = await subject().cluster.list({ ...request, labelSelector: 'list=you' });
      expect(listed?.map(({ metadata }) => metadata.name)).toEqual(['labelled']);
      expect(await subject().cluster.list({ ...request, labelSelector: 'list=nobody' })).toEqual([]);
    });
  });

  describe('an apply', () => {
    it('takes fields by force, when it is told to, and owns them then', async () => {
      await apply(configMap('forced', { a: '1' }));
      await subject().applyAs('kubectl-edit', configMap('forced', { a: '2' }));
      expect(await apply(configMap('forced', { a: '1' }), { force: true }, 'dry-run')).toMatchObject({
        kind: 'applied',
        object: { data: { a: '1' } },
      });
      expect(await read(configMap('forced', {}))).toMatchObject({ data: { a: '2' } });
      await apply(configMap('forced', { a: '1' }), { force: true });
      expect(await read(configMap('forced', {}))).toMatchObject({ data: { a: '1' } });
      expect((await apply(configMap('forced', { a: '3' }))).kind).toBe('applied');
    });

    it('as another manager holds a field that ours lets go of', async () => {
      await apply(configMap('handed', { a: '1', b: '1' }));
      await apply(configMap('handed', { b: '1' }), { manager: 'tidegate-handover' });
      await apply(configMap('handed', { a: '1' }));
      expect((await read(configMap('handed', {}))).data).toEqual({ a: '1', b: '1' });
      const { data: _, ...nothing } = configMap('handed', {});
      await apply(nothing as KubernetesObject, { manager: 'tidegate-handover' });
      expect((await read(configMap('handed', {}))).data).toEqual({ a: '1' });
    });

    it('bound to a version is not made once the object has another', async () => {
      await apply(configMap('bound', { a: '1' }));
      const { resourceVersion = '' } = (await read(configMap('bound', {}))).metadata;
      expect((await apply(configMap('bound', { a: '2' }), { resourceVersion })).kind).toBe('applied');
      expect(await apply(configMap('bound', { a: '3' }), { resourceVersion })).toEqual({
        kind: 'changed-meanwhile',
      });
      expect((await read(configMap('bound', {}))).data).toEqual({ a: '2' });
    });
  });

  describe('ownership', () => {
    it('is told with the object, of managers and of subresources', async () => {
      await apply(configMap('owned', { a: '1' }));
      await subject().applyAs('kubectl-edit', configMap('owned', { b: '1' }));
      const live = await read(configMap('owned', {}));
      const data = (manager: string) =>
        managedFieldsOf(live).find((entry) => entry.manager === manager)?.fieldsV1?.['f:data'];
      expect(data('tidegate')).toHaveProperty('f:a');
      expect(data('tidegate')).not.toHaveProperty('f:b');
      expect(data('kubectl-edit')).toHaveProperty('f:b');
    });

    it('is replaced where the object is as it was, and its content stays (A6)', async () => {
      const made = configMap('migrated', { a: '1', b: '1' });
      await subject().applyAs('kubectl', made);
      const live = await read(made);
      // As client-side tools leave it: an update, not an apply.
      const entries = managedFieldsOf(live).map((entry) => ({ ...entry, operation: 'Update' as const }));
      const { resourceVersion = '' } = live.metadata;
      const migrated =
        migratedEntries({ ...live, metadata: { ...live.metadata, managedFields: entries } }) ?? [];
      const { cluster } = subject();
      expect(await cluster.replaceOwnership(addressOf(made), migrated, resourceVersion)).toBe(true);
      const after = await read(made);
      expect(after.data).toEqual({ a: '1', b: '1' });
      expect(appliedFields(after)).toBeDefined();
      expect(await cluster.replaceOwnership(addressOf(made), migrated, resourceVersion)).toBe(false);
      await apply(configMap('migrated', { a: '1' }));
      expect((await read(made)).data).toEqual({ a: '1' });
    });

    it('of what is gone is not replaced', async () => {
      const address = addressOf(configMap('never-there', {}));
      expect(await subject().cluster.replaceOwnership(address, [], '1')).toBe(false);
    });
  });
}
