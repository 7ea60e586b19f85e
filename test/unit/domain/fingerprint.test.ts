import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#domain/canonical-json.ts';
import { fingerprintOf, isProvablyUnchanged } from '#domain/fingerprint.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const intent: KubernetesObject = {
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name: 'a' },
  data: { a: '1' },
};
const ours = {
  manager: 'tidegate',
  operation: 'Apply',
  fieldsV1: { 'f:data': { 'f:a': {} } },
  time: '2026-11-21T00:00:00Z',
};
const live: LiveObject = {
  ...intent,
  metadata: { name: 'a', uid: 'u', resourceVersion: '7', generation: 1, managedFields: [ours] },
  status: { seen: 1 },
};
const known = { uid: 'u', fingerprint: fingerprintOf(intent, live) };
const withMetadata = (more: object): LiveObject => ({ ...live, metadata: { ...live.metadata, ...more } });

describe('an object is provably unchanged', () => {
  it.each<[string, LiveObject]>([
    ['when nothing moved', live],
    ['whatever its controller says in status', { ...live, status: { seen: 2 } }],
    ['whatever the cluster counts', withMetadata({ resourceVersion: '9', generation: 2 })],
    [
      'whenever its owners wrote it',
      withMetadata({ managedFields: [{ ...ours, time: '2026-11-22T00:00:00Z' }] }),
    ],
    [
      'whoever writes its status',
      withMetadata({
        managedFields: [{ manager: 'x', operation: 'Update', subresource: 'status', fieldsV1: {} }, ours],
      }),
    ],
  ])('%s', (_, now) => {
    expect(isProvablyUnchanged(intent, now, known)).toBe(true);
  });

  it.each<[string, KubernetesObject, LiveObject | undefined, typeof known | undefined]>([
    ['when nothing was recorded', intent, live, undefined],
    ['when it is gone', intent, undefined, known],
    ['when it is another one of that name', intent, withMetadata({ uid: 'v' }), known],
    ['when it is on its way out', intent, withMetadata({ deletionTimestamp: '2026-11-21T00:00:00Z' }), known],
    ['when the release says otherwise', { ...intent, data: { a: '2' } }, live, known],
    ['when a value moved', intent, { ...live, data: { a: '2' } }, known],
    ['when a field came beside ours', intent, { ...live, data: { a: '1', b: '1' } }, known],
    ['when a label came', intent, withMetadata({ labels: { l: '1' } }), known],
    ['when a finalizer came', intent, withMetadata({ finalizers: ['f'] }), known],
    [
      'when somebody took a field, its value as it was',
      intent,
      withMetadata({
        managedFields: [{ manager: 'kubectl-edit', operation: 'Update', fieldsV1: ours.fieldsV1 }],
      }),
      known,
    ],
    [
      'when a scaler took a field, its value as it was',
      intent,
      withMetadata({
        managedFields: [ours, { manager: 'hpa', operation: 'Update', subresource: 'scale', fieldsV1: {} }],
      }),
      known,
    ],
  ])('never %s', (_, wanted, now, recorded) => {
    expect(isProvablyUnchanged(wanted, now, recorded)).toBe(false);
  });

  it('never, whatever changes anywhere in intent or content (property)', () => {
    const json = fc.jsonValue({ maxDepth: 3 });
    const spec = fc.dictionary(fc.constantFrom('a', 'b', 'c', 'd'), json, { minKeys: 1 });
    fc.assert(
      fc.property(spec, spec, spec, spec, (wanted, found, wantedNow, foundNow) => {
        const asked = { ...intent, spec: wanted };
        const recorded = { uid: 'u', fingerprint: fingerprintOf(asked, { ...live, spec: found }) };
        const isSame = canonicalJson([wanted, found]) === canonicalJson([wantedNow, foundNow]);
        const now = { ...live, spec: foundNow };
        expect(isProvablyUnchanged({ ...intent, spec: wantedNow }, now, recorded)).toBe(isSame);
      }),
    );
  });

  it('whatever order fields come in', () => {
    const turned = { ...Object.fromEntries(Object.entries(live).toReversed()) } as unknown as LiveObject;
    expect(fingerprintOf(intent, turned)).toBe(known.fingerprint);
  });
});
