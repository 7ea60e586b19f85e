import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { callerOf, eventually, type Json, withoutRuntime } from './api.ts';

let cluster: LaptopCluster;
let api: ReturnType<typeof callerOf>;
beforeAll(async () => {
  cluster = await startCluster({ startRuntime: withoutRuntime });
  api = callerOf(cluster);
  await api.apply(`${definitions}/gadgets.ex.io`, gadgets);
});
afterAll(() => cluster.stop());

const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const path = '/apis/ex.io/v1/namespaces/default/gadgets';

const spec = {
  type: 'object',
  required: ['size'],
  properties: {
    size: { type: 'integer', minimum: 1, maximum: 5 },
    name: { type: 'string', pattern: '^[a-z]+$', maxLength: 4 },
    color: { type: 'string', enum: ['red', 'blue'], default: 'red' },
    replicas: { type: 'integer' },
    free: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    port: { 'x-kubernetes-int-or-string': true },
    parts: {
      type: 'array',
      'x-kubernetes-list-type': 'map',
      'x-kubernetes-list-map-keys': ['id'],
      items: {
        type: 'object',
        required: ['id'],
        properties: { id: { type: 'string' }, n: { type: 'integer' } },
      },
    },
    tags: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string' } },
    fixed: {
      type: 'string',
      'x-kubernetes-validations': [{ rule: 'self == oldSelf', message: 'fixed is immutable' }],
    },
  },
};
const version = (name: string, storage: boolean, rest: Json = {}): Json => ({
  name,
  served: true,
  storage,
  schema: {
    openAPIV3Schema: {
      type: 'object',
      properties: { spec, status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true } },
    },
  },
  subresources: {
    status: {},
    scale: { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' },
  },
  additionalPrinterColumns: [{ name: 'Size', type: 'integer', jsonPath: '.spec.size' }],
  ...rest,
});
const names = { kind: 'Gadget', plural: 'gadgets', shortNames: ['gd'] };
const definition = (name: string, rest: Json): Json => ({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name },
  spec: { group: 'ex.io', scope: 'Namespaced', ...rest },
});
const gadgets = definition('gadgets.ex.io', {
  names,
  versions: [version('v1', true), version('v1beta1', false, { deprecated: true })],
});
const gadget = (name: string, content: Json, apiVersion = 'ex.io/v1'): Json => ({
  apiVersion,
  kind: 'Gadget',
  metadata: { name },
  spec: content,
});
const messageOf = async (content: Json) =>
  (await api.call('POST', path, { body: gadget('bad', content) })).body.message;

describe('a custom resource definition', () => {
  it('is established, and served by discovery', async () => {
    const { body } = await eventually(
      () => api.call('GET', `${definitions}/gadgets.ex.io`),
      (it) => it.body.status?.conditions?.length === 2,
    );
    const conditions = body.status.conditions.map((it: Json) => `${it.type}=${it.status} ${it.reason}`);
    expect(conditions).toEqual(['NamesAccepted=True NoConflicts', 'Established=True InitialNamesAccepted']);
    const list = await api.call('GET', '/apis/ex.io/v1');
    expect(list.body.resources.map((it: Json) => it.name)).toEqual([
      'gadgets',
      'gadgets/status',
      'gadgets/scale',
    ]);
    const group = await api.call('GET', '/apis/ex.io');
    expect(group.body.preferredVersion.version).toBe('v1');
    const { body: openApi } = await api.call('GET', '/openapi/v3/apis/ex.io/v1');
    expect(Object.keys(openApi.components.schemas)).toContain('io.ex.v1.Gadget');
  });

  it('does not get names that another one has', async () => {
    await api.apply(
      `${definitions}/widgets.ex.io`,
      definition('widgets.ex.io', {
        names: { kind: 'Gadget', plural: 'widgets', shortNames: ['gd'] },
        versions: [version('v1', true)],
      }),
    );
    const { body } = await eventually(
      () => api.call('GET', `${definitions}/widgets.ex.io`),
      (it) => it.body.status?.conditions?.length === 2,
    );
    const conditions = body.status.conditions.map((it: Json) =>
      [it.type, it.status, it.reason, it.message].join(' '),
    );
    expect(conditions).toEqual([
      'NamesAccepted False ListKindConflict "GadgetList" is already in use',
      'Established False NotAccepted not all names are accepted',
    ]);
    expect((await api.call('GET', '/apis/ex.io/v1/namespaces/default/widgets')).status).toBe(404);
  });

  it.each([
    [
      'a name that is not its own',
      { metadata: { name: 'x.ex.io' } },
      'must be spec.names.plural+"."+spec.group',
    ],
    [
      'no storage version',
      { spec: { versions: [version('v1', false)] } },
      'must have exactly one version marked as storage version',
    ],
    [
      'a place without a type',
      {
        spec: {
          versions: [
            version('v1', true, { schema: { openAPIV3Schema: { type: 'object', properties: { a: {} } } } }),
          ],
        },
      },
      'spec.versions[0].schema.openAPIV3Schema.properties[a].type: Required value: must not be empty for specified object fields',
    ],
    ['a protected group', { spec: { group: 'x.k8s.io' } }, 'protected groups must have approval annotation'],
  ])('is refused with %s', async (_, change: Json, text) => {
    const group = change.spec?.group ?? 'ex.io';
    const base = definition(`things.${group}`, {
      names: { kind: 'Thing', plural: 'things' },
      versions: [version('v1', true)],
    });
    const body = { ...base, ...change, spec: { ...base.spec, ...change.spec } };
    const answer = await api.call('POST', definitions, { body });
    expect(answer.status).toBe(422);
    expect(answer.body.message).toContain(text);
  });

  it('may be larger than an annotation', async () => {
    const properties = Object.fromEntries(
      Array.from({ length: 3000 }, (_, index) => [
        `f${index}`,
        { type: 'string', description: 'x'.repeat(100) },
      ]),
    );
    const schema = {
      openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object', properties } } },
    };
    const body = definition('larges.ex.io', {
      names: { kind: 'Large', plural: 'larges' },
      versions: [version('v1', true, { schema })],
    });
    expect((await api.apply(`${definitions}/larges.ex.io`, body)).status).toBe(201);
  });
});

describe('a custom resource', () => {
  it('gets defaults and keeps only what is declared', async () => {
    const { body, headers } = await api.call('POST', `${path}?fieldValidation=Warn`, {
      body: gadget('one', { size: 2, typo: 1, free: { any: { thing: [1] } }, parts: [{ id: 'a', m: 1 }] }),
    });
    expect(body.spec).toEqual({ size: 2, color: 'red', free: { any: { thing: [1] } }, parts: [{ id: 'a' }] });
    expect(headers.warning).toBe(
      '299 - "unknown field \\"spec.typo\\"", 299 - "unknown field \\"spec.parts[0].m\\""',
    );
    expect(body.metadata.generation).toBe(1);
  });

  it.each<[string, Json, string]>([
    ['a missing field', {}, 'spec.size: Required value'],
    [
      'a wrong type',
      { size: 'two' },
      'spec.size: Invalid value: "string": spec.size in body must be of type integer: "string"',
    ],
    [
      'a number too large',
      { size: 9 },
      'spec.size: Invalid value: 9: spec.size in body should be less than or equal to 5',
    ],
    [
      'a pattern',
      { size: 1, name: 'A' },
      `spec.name: Invalid value: "A": spec.name in body should match '^[a-z]+$'`,
    ],
    ['a long text', { size: 1, name: 'abcde' }, 'spec.name: Too long: may not be more than 4 bytes'],
    [
      'a value that is none',
      { size: 1, color: 'green' },
      'spec.color: Unsupported value: "green": supported values: "red", "blue"',
    ],
    ['twice in a set', { size: 1, tags: ['a', 'a'] }, 'spec.tags[1]: Duplicate value: "a"'],
  ])('is refused for %s', async (_, content, text) => {
    expect(await messageOf(content)).toBe(`Gadget.ex.io "bad" is invalid: ${text}`);
  });

  it('is refused with unknown fields where they are forbidden', async () => {
    const answer = await api.call('POST', `${path}?fieldValidation=Strict`, {
      body: gadget('strict', { size: 1, typo: 1 }),
    });
    expect([answer.status, answer.body.message]).toEqual([
      400,
      'strict decoding error: unknown field "spec.typo"',
    ]);
  });

  it('is merged by its keys when applied by two', async () => {
    await api.apply(
      `${path}/two`,
      gadget('two', { size: 1, parts: [{ id: 'a', n: 1 }], tags: ['x'] }),
      'first',
    );
    const { body } = await api.apply(
      `${path}/two`,
      gadget('two', { size: 1, parts: [{ id: 'b' }], tags: ['y'] }),
      'second',
    );
    expect(body.spec.parts).toEqual([{ id: 'a', n: 1 }, { id: 'b' }]);
    expect(body.spec.tags).toEqual(['x', 'y']);
    const dropped = await api.apply(`${path}/two`, gadget('two', { size: 1 }), 'first');
    expect(dropped.body.spec.parts).toEqual([{ id: 'b' }]);
  });

  it('may not change where a rule about changes forbids it', async () => {
    await api.apply(`${path}/three`, gadget('three', { size: 1, fixed: 'a' }));
    const { status, body } = await api.apply(`${path}/three`, gadget('three', { size: 1, fixed: 'b' }));
    expect([status, body.message]).toEqual([
      422,
      'Gadget.ex.io "three" is invalid: spec.fixed: Invalid value: "b": fixed is immutable',
    ]);
  });

  it('has a status and a scale of its own', async () => {
    await api.apply(`${path}/four`, gadget('four', { size: 1, replicas: 1 }));
    const ignored = await api.apply(`${path}/four`, {
      ...gadget('four', { size: 1, replicas: 1 }),
      status: { replicas: 9 },
    });
    expect(ignored.body.status).toBeUndefined();
    const written = await api.apply(
      `${path}/four/status`,
      { ...gadget('four', {}), spec: undefined, status: { replicas: 1 } },
      'controller',
    );
    expect(written.body).toMatchObject({
      spec: { size: 1 },
      status: { replicas: 1 },
      metadata: { generation: 1 },
    });
    const scaled = await api.call('PATCH', `${path}/four/scale`, {
      body: { spec: { replicas: 3 } },
      type: 'application/merge-patch+json',
    });
    expect(scaled.body).toMatchObject({ kind: 'Scale', spec: { replicas: 3 }, status: { replicas: 1 } });
    expect((await api.call('GET', `${path}/four`)).body.metadata.generation).toBe(2);
  });

  it('is one object in all versions, with a warning in those that will go', async () => {
    const old = path.replace('/v1/', '/v1beta1/');
    await api.apply(`${path}/five`, gadget('five', { size: 1 }));
    const { body, headers } = await api.apply(`${old}/five`, gadget('five', { size: 2 }, 'ex.io/v1beta1'));
    expect(body.apiVersion).toBe('ex.io/v1beta1');
    expect(headers.warning).toBe('299 - "ex.io/v1beta1 Gadget is deprecated"');
    expect((await api.call('GET', `${path}/five`)).body).toMatchObject({
      apiVersion: 'ex.io/v1',
      spec: { size: 2 },
    });
  });

  it('is shown in the columns of its definition', async () => {
    const { body } = await api.call('GET', `${path}/one`, {
      accept: 'application/json;as=Table;v=v1;g=meta.k8s.io',
    });
    expect(body.columnDefinitions.map((it: Json) => it.name)).toEqual(['Name', 'Size']);
    expect(body.rows[0].cells).toEqual(['one', 2]);
  });

  it('goes with its definition', async () => {
    const { body } = await api.call('DELETE', `${definitions}/gadgets.ex.io`);
    expect(body.metadata.finalizers).toEqual(['customresourcecleanup.apiextensions.k8s.io']);
    await eventually(
      () => api.call('GET', `${definitions}/gadgets.ex.io`),
      (it) => it.status === 404,
    );
    expect((await api.call('GET', path)).text).toBe('404 page not found\n');
  });
});
