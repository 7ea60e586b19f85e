import { describe, expect, it } from 'vitest';
import { familyText, servedAddress } from '#domain/kind-family.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { protectionOf } from '#domain/prune-protection.ts';
import { renameNotes } from '#domain/renames.ts';

const live = (apiVersion: string, kind: string, fields: object = {}, metadata: object = {}): LiveObject => ({
  apiVersion,
  kind,
  metadata: { name: 'a', ...metadata },
  ...fields,
});

describe('what is deleted only where a release names it (KUBERNETES.md P3)', () => {
  it.each<[string, LiveObject, string | undefined]>([
    ['a Namespace', live('v1', 'Namespace'), 'everything in it would go with it'],
    ['a PersistentVolumeClaim', live('v1', 'PersistentVolumeClaim'), 'its data would go with it'],
    ['a PersistentVolume', live('v1', 'PersistentVolume'), 'its data would go with it'],
    ['a StorageClass', live('storage.k8s.io/v1', 'StorageClass'), 'claims depend on it'],
    [
      'a CustomResourceDefinition',
      live('apiextensions.k8s.io/v1', 'CustomResourceDefinition'),
      'every object of that kind would go with it',
    ],
    [
      'a StatefulSet with claims',
      live('apps/v1', 'StatefulSet', { spec: { volumeClaimTemplates: [{}] } }),
      'its claims would be left without it',
    ],
    ['no StatefulSet without', live('apps/v1', 'StatefulSet', { spec: {} }), undefined],
    [
      'a certificate',
      live('v1', 'Secret', { type: 'kubernetes.io/tls' }),
      'a certificate or token that others may use',
    ],
    ['no Secret of another type', live('v1', 'Secret', { type: 'Opaque' }), undefined],
    [
      'what a storage finalizer guards',
      live('example.com/v1', 'Backup', {}, { finalizers: ['snapshot.storage.kubernetes.io/bound'] }),
      "its finalizer 'snapshot.storage.kubernetes.io/bound' guards data",
    ],
    [
      'nothing for another finalizer',
      live('v1', 'Service', {}, { finalizers: ['example.com/slow'] }),
      undefined,
    ],
    ['no ConfigMap', live('v1', 'ConfigMap'), undefined],
  ])('%s', (_, object, reason) => {
    expect(protectionOf(identityOf(object), object)).toBe(reason);
  });
});

describe('objects whose API moved (KUBERNETES.md P7)', () => {
  const at = (apiVersion: string, group: string, kind: string) => ({ apiVersion, group, kind, name: 'a' });
  it('are one by name', () => {
    expect(familyText(at('extensions/v1beta1', 'extensions', 'Deployment'))).toBe(
      familyText(at('apps/v1', 'apps', 'Deployment')),
    );
    expect(familyText(at('a/v1', 'a', 'Widget'))).not.toBe(familyText(at('b/v1', 'b', 'Widget')));
  });

  it.each([
    ['in its new group', at('extensions/v1beta1', 'extensions', 'Deployment'), 'apps/v1'],
    ['in the version that is left', at('policy/v1beta1', 'policy', 'PodDisruptionBudget'), 'policy/v1'],
    ['where it was', at('apps/v1', 'apps', 'Deployment'), 'apps/v1'],
    ['where it was, being of a kind that nobody knows', at('x.io/v1', 'x.io', 'Widget'), 'x.io/v1'],
  ])('are looked for %s', (_, address, apiVersion) => {
    expect(servedAddress(address).apiVersion).toBe(apiVersion);
  });
});

describe('renames (KUBERNETES.md P6)', () => {
  const object = (name: string, data: string) => ({
    ...live('v1', 'ConfigMap', { data: { a: data } }),
    metadata: { name, namespace: 'shop' },
  });
  const change = (name: string, action: ObjectChange['action']): ObjectChange => ({
    identity: { group: '', kind: 'ConfigMap', namespace: 'shop', name },
    action,
    fields: [],
  });
  const changes = [change('old', 'pruned'), change('new', 'created')];

  it('are read as one', () => {
    expect(renameNotes(changes, [object('old', '1')], [object('new', '1')])).toEqual([
      'ConfigMap shop/old: renamed to shop/new; the old one goes once the new one is ready',
    ]);
  });

  it('are none where the content differs', () => {
    expect(renameNotes(changes, [object('old', '1')], [object('new', '2')])).toEqual([]);
  });
});
