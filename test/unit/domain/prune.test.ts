import { describe, expect, it } from 'vitest';
import { applySetId, partOfLabel } from '#domain/applyset.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { judgePrune } from '#domain/prune.ts';

const owner = { application: 'shop', environment: 'production', namespace: 'shop' };
const partOf = (place: { application: string; namespace: string }) => ({ [partOfLabel]: applySetId(place) });
const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'old' };
const ours = { 'tidegate.dev/application': 'shop', 'tidegate.dev/environment': 'production' };
const live = (metadata: object = {}): LiveObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: {
    name: 'old',
    namespace: 'shop',
    uid: 'u1',
    annotations: ours,
    labels: partOf(owner),
    ...metadata,
  },
});

describe('judgePrune', () => {
  const cases: readonly (readonly [string, LiveObject | undefined, string])[] = [
    ['lets our own object go', live(), 'prune'],
    ['finds it gone', undefined, 'gone'],
    ['takes another uid for another object', live({ uid: 'u2' }), 'gone'],
    ['does not delete what is being deleted', live({ deletionTimestamp: '2026-11-21T00:00:00Z' }), 'gone'],
    [
      'keeps what a controller owns',
      live({ ownerReferences: [{ kind: 'Widget', name: 'w', uid: 'x', controller: true }] }),
      'keep',
    ],
    ['keeps what says so', live({ annotations: { ...ours, 'tidegate.dev/prune': 'disabled' } }), 'keep'],
    [
      'keeps what Helm is told to keep',
      live({ annotations: { ...ours, 'helm.sh/resource-policy': 'keep' } }),
      'keep',
    ],
    [
      'keeps what another application took over',
      live({ annotations: { ...ours, 'tidegate.dev/application': 'billing' } }),
      'keep',
    ],
    ['keeps what is nobody’s', live({ annotations: {} }), 'keep'],
    ['keeps what lost its label', live({ labels: {} }), 'keep'],
    ['keeps what is of another set', live({ labels: partOf({ ...owner, namespace: 'other' }) }), 'keep'],
  ];
  for (const [name, object, verdict] of cases) {
    it(name, () => expect(judgePrune({ identity, uid: 'u1' }, object, owner).kind).toBe(verdict));
  }

  it('never deletes a Namespace', () => {
    const namespace = { group: '', kind: 'Namespace', name: 'shop' };
    expect(judgePrune({ identity: namespace, uid: 'u1' }, live(), owner)).toEqual({
      kind: 'keep',
      note: 'Namespace shop: not pruned, everything in it would go with it; to delete it name it under `confirm.prune` in tidegate.yaml, or delete it by hand',
    });
  });
});
