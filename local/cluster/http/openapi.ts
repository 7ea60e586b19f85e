import { apiVersionOf, type Kind, kinds } from '../kinds.ts';
import type { Json } from '../object.ts';
import { fieldSchema, fieldsOf, type Schema, schemaOf } from '../schema/schema.ts';
import { groupVersions, version } from './discovery.ts';

/** OpenAPI documents: version 3 by group and version, from which kubectl learns fields, merge keys and parameters. */
export function openapi(path: string): Json | undefined {
  if (path === '/openapi/v3') return index();
  const [, groupVersion] = /^\/openapi\/v3\/(api\/v1|apis\/[^/]+\/[^/]+)$/.exec(path) ?? [];
  if (groupVersion === undefined) return undefined;
  const apiVersion = groupVersion.replace(/^apis?\//, '');
  return groupVersions().includes(apiVersion) ? document(apiVersion) : undefined;
}

function pathOf(apiVersion: string): string {
  return apiVersion.includes('/') ? `apis/${apiVersion}` : `api/${apiVersion}`;
}

function index(): Json {
  const entries = groupVersions().map((apiVersion) => [
    pathOf(apiVersion),
    { serverRelativeURL: `/openapi/v3/${pathOf(apiVersion)}?hash=${version.gitVersion}` },
  ]);
  return { paths: Object.fromEntries(entries) };
}

function document(apiVersion: string): Json {
  const own = kinds.filter((kind) => apiVersionOf(kind) === apiVersion);
  const models = new Set<string>();
  for (const kind of own) collect(schemaOf(kind.model), models);
  const schemas = [...models].map((model) => [model, modelSchema(model, own)]);
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: version.gitVersion },
    paths: Object.fromEntries(own.flatMap(paths)),
    components: { schemas: Object.fromEntries(schemas) },
  };
}

function collect(schema: Schema, into: Set<string>): void {
  if (schema.type === 'list') collect(schema.items, into);
  if (schema.type === 'map') collect(schema.values, into);
  if (schema.type !== 'struct' || into.has(schema.model)) return;
  into.add(schema.model);
  for (const field of fieldsOf(schema.model)) collect(fieldSchema(schema.model, field) as Schema, into);
}

function modelSchema(model: string, own: readonly Kind[]): Json {
  const properties = fieldsOf(model).map((field) => [field, property(fieldSchema(model, field) as Schema)]);
  const kind = own.find((it) => it.model === model);
  return {
    type: 'object',
    properties: Object.fromEntries(properties),
    ...(kind === undefined
      ? {}
      : {
          'x-kubernetes-group-version-kind': [{ group: kind.group, version: kind.version, kind: kind.kind }],
        }),
  };
}

const scalarTypes: Readonly<Record<string, Json>> = {
  string: { type: 'string' },
  boolean: { type: 'boolean' },
  integer: { type: 'integer' },
  number: { type: 'number' },
  intOrString: { format: 'int-or-string', oneOf: [{ type: 'integer' }, { type: 'string' }] },
};

function property(schema: Schema): Json {
  switch (schema.type) {
    case 'any':
      return { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
    case 'scalar':
      return scalarTypes[schema.scalar];
    case 'struct':
      return { $ref: `#/components/schemas/${schema.model}` };
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
