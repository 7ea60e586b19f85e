import type { KubernetesObject } from '#domain/manifest.ts';

/** A schema of OpenAPI v3 as Kubernetes writes it, and where its references lead. */
export interface ObjectSchema {
  readonly root: SchemaNode;
  /** By name, as in `#/components/schemas/<name>`. */
  readonly named: Readonly<Record<string, SchemaNode>>;
}

export interface SchemaNode {
  readonly $ref?: string;
  readonly allOf?: readonly SchemaNode[];
  readonly type?: string;
  readonly format?: string;
  readonly nullable?: boolean;
  readonly enum?: readonly unknown[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, SchemaNode>>;
  readonly additionalProperties?: SchemaNode | boolean;
  readonly items?: SchemaNode;
  readonly oneOf?: readonly SchemaNode[];
  readonly anyOf?: readonly SchemaNode[];
  readonly 'x-kubernetes-int-or-string'?: boolean;
  readonly 'x-kubernetes-preserve-unknown-fields'?: boolean;
  readonly 'x-kubernetes-embedded-resource'?: boolean;
}

interface DefinitionSpec {
  readonly preserveUnknownFields?: boolean;
  readonly versions?: readonly {
    readonly name?: string;
    readonly served?: boolean;
    readonly schema?: { readonly openAPIV3Schema?: SchemaNode };
  }[];
}

/** The schema of a version in a CustomResourceDefinition; undefined when it serves no such version. */
export function definedSchema(definition: KubernetesObject, version: string): ObjectSchema | undefined {
  const { versions = [] } = (definition.spec ?? {}) as DefinitionSpec;
  const found = versions.find(({ name, served }) => name === version && served !== false);
  return found && { root: found.schema?.openAPIV3Schema ?? {}, named: {} };
}

const mostFaults = 10;

/**
 * Where an object does not fit a schema: unknown fields, wrong types, values that are not among the permitted ones, and
 * fields that are missing; at most ten. Rules beyond the structure (patterns, bounds, CEL) are the cluster's to judge. No value is quoted.
 */
export function schemaFaults(object: KubernetesObject, { root, named }: ObjectSchema): readonly string[] {
  const faults: string[] = [];
  const { apiVersion: _, kind: __, metadata: ___, ...fields } = object;
  const walk = (value: unknown, node: SchemaNode, path: string): void => {
    if (faults.length >= mostFaults) return;
    faults.push(...checkNode(value, resolved(node, named), path, walk));
  };
  // What every object has is not always in its schema, and the cluster's own.
  const { required, ...rest } = resolved(root, named);
  const own = required?.filter((name) => !common.has(name));
  walk(fields, { ...rest, ...(own === undefined ? {} : { required: own }) }, '');
  return faults.slice(0, mostFaults);
}

const common = new Set(['apiVersion', 'kind', 'metadata']);

/** A node with its references followed: Kubernetes writes them alone or in an `allOf` of one. */
function resolved(node: SchemaNode, named: ObjectSchema['named']): SchemaNode {
  const parts = [...(node.$ref === undefined ? [] : [referred(node.$ref, named)]), ...(node.allOf ?? [])];
  if (parts.length === 0) return node;
  const { $ref: _, allOf: __, ...own } = node;
  return Object.assign({}, ...parts.map((part) => resolved(part, named)), own) as SchemaNode;
}

function referred(reference: string, named: ObjectSchema['named']): SchemaNode {
  return named[reference.slice(reference.lastIndexOf('/') + 1)] ?? {};
}

type Walk = (value: unknown, node: SchemaNode, path: string) => void;

function checkNode(value: unknown, node: SchemaNode, path: string, walk: Walk): readonly string[] {
  // An apply that says null says nothing of the field.
  if (value === null || value === undefined) return [];
  const type = typeOf(value);
  const wanted = wantedTypes(node);
  if (wanted !== undefined && !wanted.includes(type))
    return [`${path || 'the object'} must be ${wanted.join(' or ')}, is ${type}`];
  if (node.enum !== undefined && !node.enum.includes(value))
    return [`${path} must be one of ${node.enum.map((each) => JSON.stringify(each)).join(', ')}`];
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) if (node.items) walk(item, node.items, `${path}[${index}]`);
    return [];
  }
  return type === 'object' ? checkMap(value as Readonly<Record<string, unknown>>, node, path, walk) : [];
}

function checkMap(
  map: Readonly<Record<string, unknown>>,
  node: SchemaNode,
  path: string,
  walk: Walk,
): readonly string[] {
  const missing = (node.required ?? [])
    .filter((name) => map[name] === undefined)
    .map((name) => `${path}.${name} is missing`);
  const { additionalProperties } = node;
  const keeps = isOpen(node);
  const unknown: string[] = [];
  for (const [name, field] of Object.entries(map)) {
    const property = node.properties?.[name];
    if (property !== undefined) walk(field, property, `${path}.${name}`);
    else if (typeof additionalProperties === 'object') walk(field, additionalProperties, `${path}.${name}`);
    else if (!keeps && field !== null && !isOwnField(node, name))
      unknown.push(`unknown field ${path}.${name}`);
  }
  return [...missing, ...unknown];
}

/** True where fields are kept that the schema doesn't name. */
function isOpen(node: SchemaNode): boolean {
  if (node['x-kubernetes-preserve-unknown-fields'] === true || node.additionalProperties === true)
    return true;
  // A node without fields is not a closed map but one that nothing is said of, unless it says so.
  return node.properties === undefined && node.additionalProperties === undefined;
}

function isOwnField(node: SchemaNode, name: string): boolean {
  return node['x-kubernetes-embedded-resource'] === true && common.has(name);
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  if (typeof value === 'number') return Number.isInteger(value) ? 'integer' : 'number';
  return typeof value;
}

/** The types that a node permits; undefined where it permits any. */
function wantedTypes(node: SchemaNode): readonly string[] | undefined {
  if (node['x-kubernetes-int-or-string'] === true || node.format === 'int-or-string')
    return ['string', 'integer'];
  // Quantities are text that may be written as a number, and say so by alternatives.
  if (node.oneOf !== undefined || node.anyOf !== undefined || node.type === undefined) return undefined;
  return node.type === 'number' ? ['number', 'integer'] : [node.type];
}
