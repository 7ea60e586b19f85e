import type { Json } from '../object.ts';
import { keyOf, type Scalar, type Schema } from '../schema/schema.ts';
import { itemElement } from './elements.ts';
import { pathElement } from './fields.ts';

/** What keeps a configuration from being read by its schema, in structured-merge-diff's words. */
export function typeErrors(value: Json, schema: Schema, path = ''): string[] {
  if (value === null || value === undefined) return [];
  switch (schema.type) {
    case 'any':
    case 'open':
      return [];
    case 'scalar':
      return scalarError(value, schema.scalar, path);
    case 'map':
    case 'struct':
      if (typeof value !== 'object' || Array.isArray(value))
        return [`${path}: expected map, got ${show(value)}`];
      return Object.entries(value).flatMap(([name, field]) => {
        const place = `${path}.${name}`;
        const fieldType = schema.type === 'map' ? schema.values : schema.field(name);
        return fieldType === undefined
          ? [`${place}: field not declared in schema`]
          : typeErrors(field, fieldType, place);
      });
    case 'list':
      if (!Array.isArray(value)) return [`${path}: expected list, got ${show(value)}`];
      return listErrors(value, schema, path);
  }
}

function listErrors(items: Json[], schema: Schema & { type: 'list' }, path: string): string[] {
  const seen = new Set<string>();
  return items.flatMap((item, index) => {
    const { relation } = schema;
    if (relation.kind === 'atomic') return typeErrors(item, schema.items, `${path}[${index}]`);
    if (relation.kind === 'map' && keyOf(item, relation) === undefined) {
      const lacking = relation.keys.find((key) => keyOf(item, { ...relation, keys: [key] }) === undefined);
      return [
        `${path}: element ${index}: associative list with keys has an element that omits key field ${JSON.stringify(lacking)} (and doesn't have default value)`,
      ];
    }
    const element = itemElement(item, schema) ?? '';
    const place = pathElement(element);
    const duplicate = seen.has(element) ? [`${path}: duplicate entries for key ${place}`] : [];
    seen.add(element);
    return [...duplicate, ...typeErrors(item, schema.items, `${path}${place}`)];
  });
}

const scalarChecks: Readonly<Record<Scalar, [(value: Json) => boolean, string]>> = {
  string: [(value) => typeof value === 'string', 'string'],
  boolean: [(value) => typeof value === 'boolean', 'boolean'],
  integer: [(value) => typeof value === 'number', 'numeric (int or float)'],
  number: [(value) => typeof value === 'number', 'numeric (int or float)'],
  intOrString: [(value) => typeof value === 'string' || typeof value === 'number', 'string or int'],
  quantity: [(value) => typeof value === 'string' || typeof value === 'number', 'string or int'],
};

function scalarError(value: Json, scalar: Scalar, path: string): string[] {
  const [accepts, expected] = scalarChecks[scalar];
  return accepts(value) ? [] : [`${path}: expected ${expected}, got ${show(value)}`];
}

function show(value: Json): string {
  if (typeof value === 'string') return scalarKind('string', value);
  if (typeof value === 'number') return scalarKind('int', value);
  if (typeof value === 'boolean') return scalarKind('boolean', value);
  return Array.isArray(value) ? 'list' : 'map';
}

/** A string is named by its type alone; other values also by what they are. */
function scalarKind(type: string, value: Json): string {
  return type === 'string' ? 'string' : `&value.valueUnstructured{Value:${value}}`;
}

/** The places of fields that a value's schema does not know: `spec.containers[0].imgae`. */
export function unknownFields(value: Json, schema: Schema, path = ''): string[] {
  if (value === null || typeof value !== 'object') return [];
  if (Array.isArray(value)) {
    if (schema.type !== 'list') return [];
    return value.flatMap((item, index) => unknownFields(item, schema.items, `${path}[${index}]`));
  }
  if (schema.type !== 'struct' && schema.type !== 'map') return [];
  return Object.entries(value).flatMap(([name, field]) => {
    const place = path === '' ? name : `${path}.${name}`;
    const type = schema.type === 'map' ? schema.values : schema.field(name);
    return type === undefined ? [place] : unknownFields(field, type, place);
  });
}

/** A value without the fields that its schema does not know, as an API server stores what it was sent. */
export function withoutUnknown(value: Json, schema: Schema): Json {
  if (value === null || typeof value !== 'object') return value;
  if (schema.type === 'list' && Array.isArray(value))
    return value.map((item) => withoutUnknown(item, schema.items));
  if (schema.type !== 'struct' && schema.type !== 'map') return value;
  const known = Object.entries(value).flatMap(([name, field]) => {
    const type = schema.type === 'map' ? schema.values : schema.field(name);
    return type === undefined ? [] : [[name, withoutUnknown(field, type)]];
  });
  return Object.fromEntries(known);
}
