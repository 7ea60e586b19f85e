import { describe, expect, it } from 'vitest';
import {
  type FieldSet,
  fieldKeys,
  onlyFields,
  ownsField,
  touchesField,
  unionOf,
  withoutFields,
} from '#domain/field-set.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { appliedFields, fieldsOf, managedFieldsOf } from '#domain/managed-fields.ts';
import {
  afterMigration,
  givenBackEntries,
  migratedEntries,
  migratedManagers,
  originalIntent,
} from '#domain/ownership-migration.ts';
import { missingResponses, realResponse } from './real-responses.ts';

const containers: FieldSet = {
  'f:spec': {
    'f:containers': {
      'k:{"name":"main"}': { '.': {}, 'f:name': {}, 'f:image': {} },
      'k:{"name":"side"}': { '.': {}, 'f:name': {}, 'f:image': {} },
    },
  },
};
const pod = {
  spec: {
    containers: [
      { name: 'main', image: 'a' },
      { name: 'side', image: 'b', tty: true },
    ],
    other: 1,
  },
};

describe('a set of fields', () => {
  it('tells what it holds itself from what it holds something of', () => {
    const path = ['f:spec', 'f:containers', 'k:{"name":"main"}'];
    expect(ownsField(containers, path)).toBe(true);
    expect(ownsField(containers, [...path, 'f:image'])).toBe(true);
    expect(ownsField(containers, ['f:spec'])).toBe(false);
    expect(touchesField(containers, ['f:spec'])).toBe(true);
    expect(touchesField({ 'f:data': {} }, ['f:data', 'f:a'])).toBe(true);
    expect(touchesField(containers, [...path, 'f:tty'])).toBe(false);
  });

  it('finds list items by their keys, whatever their place', () => {
    expect(fieldKeys(pod, '/spec/containers/1/image', containers)).toEqual([
      'f:spec',
      'f:containers',
      'k:{"name":"side"}',
      'f:image',
    ]);
    expect(fieldKeys({ data: { 'a/b': 1 } }, '/data/a~1b', {})).toEqual(['f:data', 'f:a/b']);
  });

  it('is united with another one, a field with what is below it', () => {
    expect(unionOf({ 'f:a': {} }, { 'f:a': { 'f:b': {} }, 'f:c': {} })).toEqual({
      'f:a': { '.': {}, 'f:b': {} },
      'f:c': {},
    });
    expect(unionOf(containers, containers)).toEqual(containers);
  });

  it('is taken out of an object, but for what somebody else holds', () => {
    const side: FieldSet = {
      'f:spec': { 'f:containers': { 'k:{"name":"side"}': { '.': {}, 'f:name': {}, 'f:tty': {} } } },
    };
    expect(withoutFields(pod, containers, {})).toEqual({ spec: { other: 1 } });
    expect(withoutFields(pod, containers, side)).toEqual({
      spec: { containers: [{ name: 'side', tty: true }], other: 1 },
    });
    expect(withoutFields(pod, containers, containers)).toEqual(pod);
    expect(withoutFields({ list: ['a', 'b'] }, { 'f:list': { 'v:"a"': {} } }, {})).toEqual({ list: ['b'] });
  });

  it('is all that is left of an object, list items with their keys', () => {
    const image: FieldSet = { 'f:spec': { 'f:containers': { 'k:{"name":"side"}': { 'f:image': {} } } } };
    expect(onlyFields(pod, image)).toEqual({ spec: { containers: [{ name: 'side', image: 'b' }] } });
    expect(onlyFields(pod, { 'f:spec': {} })).toEqual(pod);
  });
});

describe.skipIf(missingResponses !== '')('the migration of a real object (A6)', () => {
  // Ours stands for nothing in these recordings: as it was before our first apply.
  const live = (): LiveObject => {
    const found = realResponse<LiveObject>('61-ssa-over-csa-drop-b');
    const managedFields = managedFieldsOf(found).filter(({ manager }) => manager !== 'orch');
    return { ...found, metadata: { ...found.metadata, managedFields } };
  };

  it('makes the fields of client-side apply ours', () => {
    expect(migratedManagers(live())).toEqual(['kubectl-client-side-apply']);
    const entries = migratedEntries(live()) ?? [];
    expect(entries).toHaveLength(1);
    expect(entries[0]).toMatchObject({ manager: 'tidegate', operation: 'Apply', apiVersion: 'v1' });
    expect(ownsField(entries[0]?.fieldsV1, ['f:data', 'f:b'])).toBe(true);
  });

  it('foretells what the apply leaves: the same as the server did', () => {
    const ours = {
      manager: 'tidegate',
      operation: 'Apply',
      apiVersion: 'v1',
      fieldsV1: { 'f:data': { 'f:a': {} } },
    };
    const answered = live();
    const managedFields = [ours, ...managedFieldsOf(answered)];
    const foretold = afterMigration({
      ...answered,
      metadata: { ...answered.metadata, managedFields },
    } as LiveObject);
    const after = realResponse<LiveObject>('63-ssa-after-migration');
    expect(foretold.data).toEqual(after.data);
    expect(foretold.metadata.labels).toEqual(after.metadata.labels);
    expect(foretold.metadata.annotations).toEqual(after.metadata.annotations);
  });

  it('can be taken back', () => {
    const original = live();
    expect(originalIntent(original, 'u')).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'csa',
        namespace: 'default',
        uid: 'u',
        labels: { l: '1' },
        annotations: original.metadata.annotations,
      },
      data: { a: '1', b: '2' },
    });
    const managedFields = [...(migratedEntries(original) ?? []), { manager: 'x', operation: 'Update' }];
    const ours = { ...original, metadata: { ...original.metadata, managedFields } } as LiveObject;
    expect(givenBackEntries(ours, original).map(({ manager }) => manager)).toEqual([
      'kubectl-client-side-apply',
      'x',
    ]);
  });
});

describe('no migration', () => {
  const of = (entries: object[]): LiveObject => ({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name: 'web', managedFields: entries },
  });
  const legacy = {
    manager: 'kubectl-client-side-apply',
    operation: 'Update',
    fieldsV1: { 'f:spec': { 'f:a': {} } },
  };

  it.each<[string, object[]]>([
    ['of what is ours already', [legacy, { manager: 'tidegate', operation: 'Apply', fieldsV1: {} }]],
    ['of a subresource', [{ ...legacy, subresource: 'status' }]],
    ['of a controller', [{ ...legacy, manager: 'kube-controller-manager' }]],
    ['of a hand that edited a field', [{ ...legacy, manager: 'kubectl-edit' }]],
    ["of another tool's own server-side apply", [{ ...legacy, operation: 'Apply' }]],
    ['where nobody is known to own anything', []],
  ])('%s', (_, entries) => {
    expect(migratedManagers(of(entries))).toEqual([]);
    expect(migratedEntries(of(entries))).toBeUndefined();
  });

  it('of fields by another version of the API: they stay, without an owner', () => {
    const old = { ...legacy, apiVersion: 'apps/v1beta1', fieldsV1: { 'f:spec': { 'f:old': {} } } };
    const entries = migratedEntries(of([{ ...legacy, apiVersion: 'apps/v1' }, old])) ?? [];
    expect(entries.map(({ fieldsV1 }) => fieldsV1)).toEqual([{ 'f:spec': { 'f:a': {} } }]);
  });

  it('takes replicas away: they are handed over (A4)', () => {
    const object = {
      ...of([{ ...legacy, fieldsV1: { 'f:spec': { 'f:replicas': {}, 'f:a': {} } } }]),
      spec: { replicas: 3, a: 1 },
    };
    expect(afterMigration(object).spec).toEqual({ replicas: 3 });
    expect(appliedFields(object)).toBeUndefined();
    expect(fieldsOf(managedFieldsOf(object))).toEqual({ 'f:spec': { 'f:replicas': {}, 'f:a': {} } });
  });
});
