import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { canonicalJson } from '#domain/canonical-json.ts';
import {
  canonicalChanges,
  changeSetDigest,
  configurationOf,
  creationOf,
  differences,
  ownChanges,
} from '#domain/change-set.ts';
import { kindRules } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import { comparePruneOrder } from '#domain/order.ts';
import type { ObjectChange } from '#domain/plan.ts';
import { redactorFor, textRedactor } from '#domain/redaction.ts';

const redact = redactorFor('sha256:content', 'shop');
const value = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant(null));
const change: fc.Arbitrary<ObjectChange> = fc.record({
  identity: fc.record({
    group: fc.constant(''),
    kind: fc.constantFrom('ConfigMap', 'Secret', 'Service', 'Namespace'),
    namespace: fc.constantFrom('a', 'b'),
    name: fc.string({ minLength: 1, maxLength: 8 }),
  }),
  uid: fc.uuid(),
  action: fc.constantFrom('created', 'configured', 'unchanged', 'pruned'),
  fields: fc.uniqueArray(fc.record({ path: fc.string(), from: value, to: value }), {
    selector: ({ path }) => path,
    maxLength: 4,
  }),
});
const changes = fc.uniqueArray(change, { selector: ({ identity }) => canonicalJson(identity), maxLength: 8 });

/** The same data with the keys of every map the other way round. */
function turned(data: unknown): unknown {
  if (Array.isArray(data)) return data.map(turned);
  if (data === null || typeof data !== 'object') return data;
  return Object.fromEntries(
    Object.entries(data)
      .toReversed()
      .map(([key, field]) => [key, turned(field)]),
  );
}

describe('changeSetDigest', () => {
  it('does not depend on the order of objects, fields or keys', () => {
    fc.assert(
      fc.property(changes, (list) => {
        const shuffled = list
          .toReversed()
          .map(({ fields, ...rest }) => ({ ...rest, fields: fields.toReversed() }));
        expect(changeSetDigest(turned(shuffled) as ObjectChange[])).toBe(changeSetDigest(list));
      }),
    );
  });

  it('differs when any field, uid or action does', () => {
    fc.assert(
      fc.property(change, (one) => {
        const digest = changeSetDigest([one]);
        expect(changeSetDigest([{ ...one, uid: `${one.uid}x` }])).not.toBe(digest);
        expect(changeSetDigest([{ ...one, fields: [...one.fields, { path: 'more', to: 1 }] }])).not.toBe(
          digest,
        );
        expect(changeSetDigest([])).not.toBe(digest);
      }),
    );
  });

  it('keeps its bytes', () => {
    const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
    const fixed: ObjectChange[] = [{ identity, action: 'created', fields: [{ path: '/data/a', to: '1' }] }];
    const bytes =
      '[{"action":"created","fields":[{"path":"/data/a","to":"1"}],"identity":{"group":"","kind":"ConfigMap","name":"settings","namespace":"shop"}}]';
    expect(changeSetDigest(fixed)).toBe(`sha256:${createHash('sha256').update(bytes).digest('hex')}`);
  });
});

describe('a change', () => {
  const live = (spec: unknown, metadata = {}): LiveObject =>
    ({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: { name: 'web', namespace: 'shop', uid: 'u1', ...metadata },
      spec,
    }) as LiveObject;

  it('leaves out what the cluster keeps for itself (D1)', () => {
    const before = live(
      { replicas: 2 },
      { resourceVersion: '1', generation: 1, managedFields: [{ manager: 'a' }] },
    );
    const after = {
      ...live({ replicas: 2 }, { resourceVersion: '2', generation: 2, managedFields: [] }),
      status: { replicas: 2 },
    };
    expect(configurationOf(before, after, redact)).toMatchObject({
      action: 'unchanged',
      fields: [],
      uid: 'u1',
    });
  });

  it('names the leaf that changes, from and to', () => {
    const container = (image: string) => ({ template: { spec: { containers: [{ name: 'main', image }] } } });
    expect(configurationOf(live(container('a')), live(container('b')), redact)).toMatchObject({
      action: 'configured',
      fields: [{ path: '/spec/template/spec/containers/0/image', from: 'a', to: 'b' }],
    });
  });

  it('tells an empty map from an absent one, and escapes keys', () => {
    const { fields } = configurationOf(
      live({ volumes: [{ name: 'tmp' }] }),
      live({ volumes: [{ name: 'tmp', emptyDir: {} }], 'a/b': 1 }),
      redact,
    );
    expect(fields).toEqual([
      { path: '/spec/a~1b', to: 1 },
      { path: '/spec/volumes/0/emptyDir', to: {} },
    ]);
  });

  it('shows only digests of a Secret, also of a copy in an annotation', () => {
    const secret = {
      apiVersion: 'v1',
      kind: 'Secret',
      type: 'Opaque',
      metadata: {
        name: 'db',
        namespace: 'shop',
        annotations: { 'kubectl.kubernetes.io/last-applied-configuration': 'hunter2' },
      },
      data: { password: 'aHVudGVyMg==' },
    };
    const created = creationOf(secret, redact);
    expect(JSON.stringify(created)).not.toMatch(/hunter2|aHVudGVyMg/);
    expect(created.fields.find(({ path }) => path === '/type')).toEqual({ path: '/type', to: 'Opaque' });
    expect(redactorFor('sha256:other', 'shop')('x')).not.toBe(redact('x'));
  });

  it('says in a line how two change sets differ', () => {
    const identity = { group: '', kind: 'ConfigMap', namespace: 'shop', name: 'settings' };
    const planned: ObjectChange[] = [
      { identity, uid: '1', action: 'configured', fields: [{ path: '/data/a', from: '1', to: '2' }] },
    ];
    const now: ObjectChange[] = [
      { identity, uid: '1', action: 'configured', fields: [{ path: '/data/a', from: '9', to: '2' }] },
    ];
    expect(differences(planned, now)).toEqual([
      'ConfigMap shop/settings: /data/a was to go "1" → "2", would now go "9" → "2"',
    ]);
    expect(differences(planned, planned)).toEqual([]);
  });
});

describe('what a webhook writes by the way (D3)', () => {
  const entry = (fieldsV1: object) => ({ manager: 'tidegate', operation: 'Apply', fieldsV1 });
  const own = { 'f:data': { 'f:a': {} }, 'f:metadata': { 'f:labels': { 'f:ours': {} } } };
  const object = (data: object, labels: object, more: object = {}): LiveObject =>
    ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', uid: 'u', labels, managedFields: [entry(own)] },
      data,
      ...more,
    }) as LiveObject;
  const found = (live: LiveObject, result: LiveObject) => {
    const { action, fields } = ownChanges(configurationOf(live, result, redact), live, result);
    return [action, ...fields.map(({ path }) => path)];
  };

  it.each<[string, LiveObject, LiveObject, string[]]>([
    [
      'is no change: a label that it adds',
      object({ a: '1' }, { ours: '1' }),
      object({ a: '1' }, { ours: '1', injected: 'true' }),
      ['unchanged'],
    ],
    [
      'is no change: a value that is another one at every write',
      object({ a: '1' }, { seen: '09:00' }),
      object({ a: '1' }, { seen: '09:01' }),
      ['unchanged'],
    ],
    [
      'is left out of a change of ours',
      object({ a: '1' }, { seen: '09:00' }),
      object({ a: '2' }, { seen: '09:01', injected: 'true' }),
      ['configured', '/data/a'],
    ],
    [
      'is no reason to overlook what we declared and no longer do',
      object(
        { a: '1', b: '1' },
        {},
        { metadata: { name: 'x', managedFields: [entry({ 'f:data': { 'f:a': {}, 'f:b': {} } })] } },
      ),
      object({ a: '1' }, { injected: 'true' }),
      ['configured', '/data/b'],
    ],
    [
      'does not hide defaults that come with a field of ours',
      object({ a: '1' }, {}),
      object({ a: '2' }, {}, { defaulted: 'yes' }),
      ['configured', '/data/a', '/defaulted'],
    ],
  ])('%s', (_, live, result, expected) => {
    expect(found(live, result)).toEqual(expected);
  });
});

describe('order', () => {
  const objects = kindRules.map(({ group, kind, namespaced }) => ({
    apiVersion: group === '' ? 'v1' : `${group}/v1`,
    kind,
    metadata: { name: 'x', ...(namespaced ? { namespace: 'shop' } : {}) },
  }));

  it('prunes in reverse', () => {
    const kinds = objects
      .map(identityOf)
      .toSorted(comparePruneOrder)
      .map(({ kind }) => kind);
    expect(kinds.at(-1)).toBe('Namespace');
    expect(kinds.indexOf('Deployment')).toBeLessThan(kinds.indexOf('ConfigMap'));
  });

  it('lists changes canonically', () => {
    fc.assert(
      fc.property(changes, (list) => {
        expect(canonicalChanges(list.toReversed())).toEqual(canonicalChanges(list));
      }),
    );
  });
});

describe('textRedactor', () => {
  const hide = textRedactor([
    {
      apiVersion: 'v1',
      kind: 'Secret',
      metadata: { name: 'db' },
      data: { password: Buffer.from('s3cr3t-word').toString('base64') },
    },
  ]);
  const cases: readonly (readonly [string, string])[] = [
    ['login with s3cr3t-word failed', 'login with [redacted] failed'],
    ['data: czNjcjN0LXdvcmQ=', 'data: [redacted]'],
    ['postgres://shop:letmein@db/shop', 'postgres://shop:[redacted]@db/shop'],
    ['DB_PASSWORD=letmein next', 'DB_PASSWORD=[redacted] next'],
    ['Authorization: Bearer abcdefghijkl', 'Authorization: Bearer [redacted]'],
    ['key AKIAIOSFODNN7EXAMPLE used', 'key [redacted] used'],
    ['nothing to hide here', 'nothing to hide here'],
  ];
  for (const [text, expected] of cases) it(text, () => expect(hide(text)).toBe(expected));
});
