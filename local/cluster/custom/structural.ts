import type { Json } from '../object.ts';
import { type ListRelation, type Schema, type Structure, schemaOf } from '../schema/schema.ts';

const preserves = 'x-kubernetes-preserve-unknown-fields';
const objectFields: ReadonlySet<string> = new Set(['apiVersion', 'kind', 'metadata']);
const text: Schema = { type: 'scalar', scalar: 'string' };

/** The schema of a whole custom resource from its version's `openAPIV3Schema`; without one, anything may be in it. */
export function customSchema(openApi: Json, name: string): Structure {
  return new CustomStructure(
    { ...(openApi ?? { [preserves]: true }), 'x-kubernetes-embedded-resource': true },
    name,
  );
}

/** A structure as a definition gives it; fields are looked at only when they are asked for. */
class CustomStructure implements Structure {
  readonly type = 'struct';
  readonly name: string;
  readonly atomic: boolean;
  private readonly openApi: Json;
  private readonly parsed = new Map<string, Schema>();

  constructor(openApi: Json, name: string) {
    this.openApi = openApi;
    this.name = name;
    this.atomic = openApi['x-kubernetes-map-type'] === 'atomic';
  }

  get fields(): readonly string[] {
    return Object.keys(this.openApi.properties ?? {});
  }

  field(name: string): Schema | undefined {
    const { properties } = this.openApi;
    if (this.openApi['x-kubernetes-embedded-resource'] === true && objectFields.has(name)) {
      return name === 'metadata' ? schemaOf('meta.v1.ObjectMeta') : text;
    }
    if (!Object.hasOwn(properties ?? {}, name)) {
      return this.openApi[preserves] === true ? { type: 'open' } : undefined;
    }
    let schema = this.parsed.get(name);
    if (schema === undefined) {
      schema = parse(properties[name], `${this.name}.${name}`);
      this.parsed.set(name, schema);
    }
    return schema;
  }
}

function parse(openApi: Json, name: string): Schema {
  if (openApi['x-kubernetes-int-or-string'] === true) return { type: 'scalar', scalar: 'intOrString' };
  switch (openApi.type) {
    case 'string':
    case 'boolean':
    case 'integer':
    case 'number':
      return { type: 'scalar', scalar: openApi.type };
    case 'array':
      return { type: 'list', items: parse(openApi.items ?? {}, name), relation: relationOf(openApi) };
    case 'object':
      return parseObject(openApi, name);
    default:
      return openApi[preserves] === true ? { type: 'open' } : { type: 'any' };
  }
}

function parseObject(openApi: Json, name: string): Schema {
  const { additionalProperties: values } = openApi;
  const atomic = openApi['x-kubernetes-map-type'] === 'atomic';
  if (openApi.properties === undefined && values !== undefined && values !== false) {
    return { type: 'map', values: values === true ? { type: 'open' } : parse(values, name), atomic };
  }
  const isOpen = openApi.properties === undefined && openApi[preserves] === true;
  if (isOpen && openApi['x-kubernetes-embedded-resource'] !== true) return { type: atomic ? 'any' : 'open' };
  return new CustomStructure(openApi, name);
}

function relationOf(openApi: Json): ListRelation {
  const relation = openApi['x-kubernetes-list-type'];
  if (relation === 'set') return { kind: 'set' };
  if (relation !== 'map') return { kind: 'atomic' };
  const keys: string[] = openApi['x-kubernetes-list-map-keys'] ?? [];
  const defaults: Record<string, string | number | boolean> = {};
  for (const key of keys) {
    const value = openApi.items?.properties?.[key]?.default;
    if (value !== undefined) defaults[key] = value;
  }
  return { kind: 'map', keys, defaults };
}
