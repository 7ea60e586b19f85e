/**
 * Writes types.json: for each served kind, and each type it holds, the fields and their types, with what Kubernetes says of
 * lists and maps beyond that. Read from the OpenAPI document that every Kubernetes release publishes. Run by hand when a
 * newer version is to be served:
 *
 *     node local/cluster/schema/generate.ts "$(go mod download -json k8s.io/kubernetes@v1.36.1 | jq -r .Dir)/api/openapi-spec/swagger.json"
 *
 * A type is written `string`, `integer`, …, as the name of a structure, or `[]T` (list replaced as a whole), `[=]T` (set),
 * `[name,protocol]T` (list keyed by these fields), `{}T` (map by entries), `{*}T` (map replaced as a whole). A structure
 * that is replaced as a whole has the field `*`.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { builtInKinds } from '../built-in-kinds.ts';

interface Property {
  readonly type?: string;
  readonly format?: string;
  readonly $ref?: string;
  readonly items?: Property;
  readonly properties?: Readonly<Record<string, Property>>;
  readonly additionalProperties?: Property;
  readonly [extension: `x-kubernetes-${string}`]: unknown;
}

const [, , file = ''] = process.argv;
const definitions: Readonly<Record<string, Property>> = JSON.parse(readFileSync(file, 'utf8')).definitions;
const byName = new Map(Object.entries(definitions).map(([long, definition]) => [short(long), definition]));
const types: Record<string, Record<string, string>> = {};

/** `core.v1.PodSpec` of `io.k8s.api.core.v1.PodSpec`. */
function short(long: string): string {
  return long.split('.').slice(-3).join('.');
}

const plain: Readonly<Record<string, string>> = {
  'api.resource.Quantity': 'quantity',
  'util.intstr.IntOrString': 'intOrString',
  'meta.v1.Time': 'string',
  'meta.v1.MicroTime': 'string',
};

function typeOf(property: Property): string {
  if (property.$ref !== undefined) {
    const name = short(property.$ref.replace('#/definitions/', ''));
    if (plain[name] !== undefined) return plain[name];
    if (byName.get(name)?.properties === undefined)
      return byName.get(name)?.type === 'object' ? 'open' : 'any';
    visit(name);
    return name;
  }
  if (property.type === 'array') return `[${relationOf(property)}]${typeOf(property.items ?? {})}`;
  if (property.type !== 'object') return property.type ?? 'any';
  const isWhole = property['x-kubernetes-map-type'] === 'atomic';
  return `{${isWhole ? '*' : ''}}${typeOf(property.additionalProperties ?? {})}`;
}

function relationOf(property: Property): string {
  const relation = property['x-kubernetes-list-type'];
  if (relation === 'set') return '=';
  return relation === 'map' ? (property['x-kubernetes-list-map-keys'] as string[]).join(',') : '';
}

function visit(name: string): void {
  if (types[name] !== undefined) return;
  const definition = byName.get(name);
  if (definition === undefined) throw new Error(`The document has no type "${name}"`);
  const fields: Record<string, string> = {};
  types[name] = fields;
  if (definition['x-kubernetes-map-type'] === 'atomic') fields['*'] = '';
  for (const [field, property] of Object.entries(definition.properties ?? {}))
    fields[field] = typeOf(property);
}

for (const model of [...builtInKinds.map((kind) => kind.model), 'autoscaling.v1.Scale']) visit(model);
const sorted = Object.fromEntries(Object.entries(types).sort(([left], [right]) => (left < right ? -1 : 1)));
writeFileSync(new URL('./types.json', import.meta.url), `${JSON.stringify(sorted, null, 2)}\n`);
