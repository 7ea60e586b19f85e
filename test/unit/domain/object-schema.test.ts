import { describe, expect, it } from 'vitest';
import { definedSchema, type ObjectSchema, schemaFaults } from '#domain/object-schema.ts';
import { customResource, definition } from './release-objects.ts';

const schema = {
  type: 'object',
  required: ['spec'],
  properties: {
    spec: {
      type: 'object',
      required: ['size'],
      properties: {
        size: { type: 'integer' },
        ratio: { type: 'number' },
        mode: { type: 'string', enum: ['on', 'off'] },
        port: { 'x-kubernetes-int-or-string': true },
        labels: { type: 'object', additionalProperties: { type: 'string' } },
        items: { type: 'array', items: { type: 'object', properties: { name: { type: 'string' } } } },
        free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true, properties: {} },
        template: {
          type: 'object',
          'x-kubernetes-embedded-resource': true,
          properties: { spec: { type: 'object', properties: {} } },
        },
      },
    },
  },
};

const faultsOf = (spec: object) => {
  const defined = definedSchema(definition('Widget', { schema }), 'v1');
  return schemaFaults(customResource('Widget', 'w', 'v1', spec), defined as ObjectSchema);
};

describe('an object whose definition comes with it (D2)', () => {
  it.each([
    ['whole', { size: 1, ratio: 2, mode: 'on', port: 'http', labels: { a: 'b' }, items: [{ name: 'x' }] }],
    ['with a number for a port', { size: 1, port: 80 }],
    ['with fields where any are kept', { size: 1, free: { anything: { goes: [1] } } }],
    [
      'with an object of its own',
      { size: 1, template: { apiVersion: 'v1', kind: 'X', metadata: {}, spec: {} } },
    ],
    ['with nothing said of a field', { size: 1, mode: null }],
  ])('fits: %s', (_, spec) => {
    expect(faultsOf(spec)).toEqual([]);
  });

  it.each([
    ['a type', { size: '1' }, ['.spec.size must be integer, is string']],
    ['a missing field', {}, ['.spec.size is missing']],
    ['an unknown field', { size: 1, sise: 2 }, ['unknown field .spec.sise']],
    ['a value that is not permitted', { size: 1, mode: 'secret' }, ['.spec.mode must be one of "on", "off"']],
    ['an item', { size: 1, items: [{ name: 'a' }, { nam: 'b' }] }, ['unknown field .spec.items[1].nam']],
    ['a value of a map', { size: 1, labels: { a: 1 } }, ['.spec.labels.a must be string, is integer']],
  ])('does not fit for %s', (_, spec, faults) => {
    expect(faultsOf(spec)).toEqual(faults);
  });

  it('is checked through references, as the cluster publishes them', () => {
    const published: ObjectSchema = {
      root: { type: 'object', properties: { spec: { allOf: [{ $ref: '#/components/schemas/Spec' }] } } },
      named: { Spec: { type: 'object', properties: { replicas: { type: 'integer' } } } },
    };
    const object = customResource('Widget', 'w', 'v1', { replicas: 'two' });
    expect(schemaFaults(object, published)).toEqual(['.spec.replicas must be integer, is string']);
  });

  it('has no schema in a version that is not served', () => {
    expect(definedSchema(definition('Widget', { schema }), 'v2')).toBeUndefined();
  });
});
