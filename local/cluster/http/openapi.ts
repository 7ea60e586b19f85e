import type { Catalog } from '../catalog.ts';
import { apiVersionOf, type Kind } from '../kinds.ts';
import type { Json } from '../object.ts';
import type { Schema, Structure } from '../schema/schema.ts';
import { groupVersions, version } from './discovery.ts';

/** OpenAPI documents: version 3 by group and version, from which kubectl learns fields, merge keys and parameters. */
export function openapi(path: string, catalog: Catalog): Json | undefined {
  if (path === '/openapi/v3') return index(catalog);
  const [, groupVersion] = /^\/openapi\/v3\/(api\/v1|apis\/[^/]+\/[^/]+)$/.exec(path) ?? [];
  if (groupVersion === undefined) return undefined;
  const apiVersion = groupVersion.replace(/^apis?\//, '');
  return groupVersions(catalog).includes(apiVersion) ? document(apiVersion, catalog) : undefined;
}

function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function index(catalog: Catalog): Json {
  const entries = groupVersions(catalog).map((apiVersion) => [
    pathOf(apiVersion),
    { serverRelativeURL: `/openapi/v3/${pathOf(apiVersion)}?hash=${version.gitVersion}` },
  ]);
  return { paths: Object.fromEntries(entries) };
}

function document(apiVersion: string, catalog: Catalog): Json {
  const own = catalog.all.filter((kind) => apiVersionOf(kind) === apiVersion);
  const structures = new Map<string, Structure>();
  for (const kind of own) if (kind.custom === undefined) collect(kind.schema, structures);
  const builtIn = [...structures].map(([name, structure]) => [name, modelSchema(structure, own)]);
  const custom = own
    .filter((kind) => kind.custom !== undefined)
    .map((kind) => [kind.model, customSchema(kind)]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(own.flatMap(paths)),
    components: { schemas: Object.fromEntries([...builtIn, ...custom]) },
  };
}

function collect(schema: Schema, into: Map<string, Structure>): void {
  if (schema.type === 'list') collect(schema.items, into);
  if (schema.type === 'map') collect(schema.values, into);
  if (schema.type !== 'struct' || into.has(schema.name)) return;
  into.set(schema.name, schema);
  for (const field of schema.fields) collect(schema.field(field) as Schema, into);
}

function modelSchema(structure: Structure, own: readonly Kind[]): Json {
  const properties = structure.fields.map((field) => {
    const retains = retained.has(`${structure.name}.${field}`);
    return [field, { ...property(structure.field(field) as Schema), ...(retains ? retainKeys : {}) }];
  });
  const kind = own.find((it) => it.model === structure.name);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(structure.atomic ? { 'x-kubernetes-map-type': 'atomic' } : {}),
    ...(kind === undefined ? {} : gvkOf(kind)),
  };
}

/** Whose strategic merge keeps only the keys of the patch. */
const retained = new Set(['core.v1.PodSpec.volumes', 'apps.v1.DeploymentSpec.strategy']);
const retainKeys = { 'x-kubernetes-patch-strategy': 'merge,retainKeys' };

function gvkOf({ group, version: kindVersion, kind }: Kind): Json {
  return { 'x-kubernetes-group-version-kind': [{ group, version: kindVersion, kind }] };
}

function customSchema(kind: Kind): Json {
  const given = kind.custom?.openApi ?? { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const common = {
    apiVersion: { type: 'string' },
    kind: { type: 'string' },
    metadata: { type: 'object' },
  };
  return { ...given, properties: { ...given.properties, ...common }, ...gvkOf(kind) };
}

const scalarTypes: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
  quantity: { oneOf: [{ type: 'string' }, { type: 'number' }] },
};

function property(schema: Schema): Json {
  switch (schema.type) {
    case 'any':
    case 'open':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    case 'scalar':
      return scalarTypes[schema.scalar];
    case 'struct':
      return { $ref: `#/components/schemas/${schema.name}` };
    case 'map':
      return { type: 'object', additionalProperties: property(schema.values) };
    case 'list':
      return { type: 'array', items: property(schema.items), ...listExtensions(schema) };
  }
}

function listExtensions(schema: Schema & { type: 'list' }): Json {
  const { relation } = schema;
  switch (relation.kind) {
    case 'atomic':
      return { 'x-kubernetes-list-type': 'atomic' };
    case 'set':
      return { 'x-kubernetes-list-type': 'set', 'x-kubernetes-patch-strategy': 'merge' };
    case 'map':
      return {
        'x-kubernetes-list-type': 'map',
        'x-kubernetes-list-map-keys': relation.keys,
        'x-kubernetes-patch-strategy': 'merge',
        'x-kubernetes-patch-merge-key': relation.keys[0],
      };
  }
}

const parameters = ['dryRun', 'fieldManager', 'fieldValidation', 'force'].map((name) => ({
  name,
  in: 'query',
  schema: { type: name === 'force' ? 'boolean' : 'string', uniqueItems: true },
}));

function paths(kind: Kind): [string, Json][] {
  const gvk = { group: kind.group, version: kind.version, kind: kind.kind };
  const scope = kind.namespaced ? '/namespaces/{namespace}' : '';
  const collection = `/${pathOf(apiVersionOf(kind))}${scope}/${kind.resource}`;
  const operation = (action: string) => ({
    operationId: `${action}${kind.group}${kind.version}${kind.kind}`,
    'x-kubernetes-action': action,
    'x-kubernetes-group-version-kind': gvk,
    parameters,
    responses: { 200: { description: 'OK' } },
  });
  return [
    [collection, { post: operation('post') }],
    [`${collection}/{name}`, { put: operation('put'), patch: operation('patch') }],
  ];
}
