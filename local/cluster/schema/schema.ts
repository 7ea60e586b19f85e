import { atomicMaps, atomicTypes, keyDefaults, listKeys, quantities, setLists } from './keys.ts';
import types from './types.json' with { type: 'json' };

/** What a place in an object may hold. */
export type Schema =
  | { readonly type: 'scalar'; readonly scalar: Scalar }
  | { readonly type: 'any' }
  | { readonly type: 'struct'; readonly model: string; readonly atomic: boolean }
  | { readonly type: 'map'; readonly values: Schema; readonly atomic: boolean }
  | { readonly type: 'list'; readonly items: Schema; readonly relation: ListRelation };

export type Scalar = 'string' | 'boolean' | 'integer' | 'number' | 'intOrString';

export type ListRelation =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | { readonly kind: 'map'; readonly keys: readonly string[] };

const models = types as Record<string, Record<string, string>>;
const scalars: Readonly<Record<string, Scalar>> = {
  string: 'string',
  boolean: 'boolean',
  integer: 'integer',
  number: 'number',
  IntOrString: 'intOrString',
};
const fieldSchemas = new Map<string, Schema>();

/** The schema of a model by its name in types.json. */
export function schemaOf(model: string): Schema {
  return { type: 'struct', model, atomic: atomicTypes.has(model) };
}

/** The schema of one field, or undefined when the model has no such field. */
export function fieldSchema(model: string, field: string): Schema | undefined {
  const type = Object.hasOwn(models, model) ? models[model]?.[field] : undefined;
  if (type === undefined || !Object.hasOwn(models[model] ?? {}, field)) return undefined;
  const place = `${model}.${field}`;
  let schema = fieldSchemas.get(place);
  if (schema === undefined) {
    schema = parse(type, place);
    fieldSchemas.set(place, schema);
  }
  return schema;
}

export function fieldsOf(model: string): readonly string[] {
  return Object.keys(models[model] ?? {});
}

function parse(type: string, place: string): Schema {
  if (type.startsWith('[]'))
    return { type: 'list', items: parse(type.slice(2), ''), relation: relationOf(place) };
  if (type.startsWith('{}')) {
    const values: Schema = quantities.has(place)
      ? { type: 'scalar', scalar: 'intOrString' }
      : parse(type.slice(2), '');
    return { type: 'map', values, atomic: atomicMaps.has(place) };
  }
  if (quantities.has(place)) return { type: 'scalar', scalar: 'intOrString' };
  const scalar = scalars[type];
  if (scalar !== undefined) return { type: 'scalar', scalar };
  if (models[type] !== undefined) return schemaOf(type);
  return { type: 'any' };
}

function relationOf(place: string): ListRelation {
  if (setLists.has(place)) return { kind: 'set' };
  const keys = listKeys[place];
  return keys === undefined ? { kind: 'atomic' } : { kind: 'map', keys };
}

/** The keys of a list's item, with the defaults of keys that are left out; undefined when one is missing. */
export function keyOf(
  item: unknown,
  keys: readonly string[],
): Record<string, string | number | boolean> | undefined {
  const found: Record<string, string | number | boolean> = {};
  for (const key of keys) {
    const value = (item as Record<string, string | number | boolean> | null)?.[key] ?? keyDefaults[key];
    if (value === undefined) return undefined;
    found[key] = value;
  }
  return found;
}
