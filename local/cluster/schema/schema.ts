import types from './types.json' with { type: 'json' };

/** What a place in an object may hold. */
export type Schema =
  | { readonly type: 'scalar'; readonly scalar: Scalar }
  /** Anything, replaced as a whole. */
  | { readonly type: 'any' }
  /** Anything; of a map, each entry has its own owner. */
  | { readonly type: 'open' }
  | Structure
  | { readonly type: 'map'; readonly values: Schema; readonly atomic: boolean }
  | { readonly type: 'list'; readonly items: Schema; readonly relation: ListRelation };

export interface Structure {
  readonly type: 'struct';
  readonly name: string;
  readonly atomic: boolean;
  readonly fields: readonly string[];
  /** The schema of one field, or undefined when there is no such field. */
  field(name: string): Schema | undefined;
}

export type Scalar = 'string' | 'boolean' | 'integer' | 'number' | 'intOrString' | 'quantity';

export type ListRelation =
  | { readonly kind: 'atomic' }
  | { readonly kind: 'set' }
  | {
      readonly kind: 'map';
      readonly keys: readonly string[];
      /** Values that a key takes when an item leaves it out. */
      readonly defaults: Readonly<Record<string, string | number | boolean>>;
    };

const models = types as Record<string, Record<string, string>>;
const scalars: ReadonlySet<string> = new Set([
  'string',
  'boolean',
  'integer',
  'number',
  'intOrString',
  'quantity',
]);
const structures = new Map<string, Structure>();

/** The schema of a built-in type by its name in types.json. */
export function schemaOf(model: string): Structure {
  let structure = structures.get(model);
  if (structure === undefined) {
    structure = new Model(model, models[model] ?? {});
    structures.set(model, structure);
  }
  return structure;
}

class Model implements Structure {
  readonly type = 'struct';
  readonly name: string;
  readonly atomic: boolean;
  private readonly types: Readonly<Record<string, string>>;
  private readonly parsed = new Map<string, Schema>();

  constructor(name: string, fieldTypes: Readonly<Record<string, string>>) {
    this.name = name;
    this.types = fieldTypes;
    this.atomic = Object.hasOwn(fieldTypes, '*');
  }

  get fields(): readonly string[] {
    return Object.keys(this.types).filter((field) => field !== '*');
  }

  field(name: string): Schema | undefined {
    const type = Object.hasOwn(this.types, name) ? this.types[name] : undefined;
    if (type === undefined || name === '*') return undefined;
    let schema = this.parsed.get(name);
    if (schema === undefined) {
      schema = parse(type);
      this.parsed.set(name, schema);
    }
    return schema;
  }
}

const protocol = { protocol: 'TCP' };

function parse(type: string): Schema {
  const [, list, listItems = ''] = /^\[([^\]]*)\](.*)$/.exec(type) ?? [];
  if (list !== undefined) return { type: 'list', items: parse(listItems), relation: relationOf(list) };
  const [, map, values = ''] = /^\{(\*?)\}(.*)$/.exec(type) ?? [];
  if (map !== undefined) return { type: 'map', values: parse(values), atomic: map === '*' };
  if (scalars.has(type)) return { type: 'scalar', scalar: type as Scalar };
  return type === 'any' || type === 'open' ? { type } : schemaOf(type);
}

function relationOf(text: string): ListRelation {
  if (text === '') return { kind: 'atomic' };
  return text === '=' ? { kind: 'set' } : { kind: 'map', keys: text.split(','), defaults: protocol };
}

/** The keys of a list's item, with the defaults of keys that are left out; undefined when one is missing. */
export function keyOf(
  item: unknown,
  { keys, defaults }: ListRelation & { kind: 'map' },
): Record<string, string | number | boolean> | undefined {
  const found: Record<string, string | number | boolean> = {};
  for (const key of keys) {
    const value = (item as Record<string, string | number | boolean> | null)?.[key] ?? defaults[key];
    if (value === undefined) return undefined;
    found[key] = value;
  }
  return found;
}
