import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import { callerOf, type Json, withoutRuntime } from './api.ts';

let cluster: LaptopCluster;
let api: ReturnType<typeof callerOf>;
beforeAll(async () => {
  cluster = await startCluster({ startRuntime: withoutRuntime });
  api = callerOf(cluster);
});
afterAll(() => cluster.stop());

const configMap = (name: string, data: Json, metadata: Json = {}) => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, ...metadata },
  data,
});
const at = (name: string) => `/api/v1/namespaces/default/configmaps/${name}`;
const owners = (body: Json) =>
  Object.fromEntries(
    body.metadata.managedFields.map((it: Json) => [`${it.manager} ${it.operation}`, it.fieldsV1]),
  );

const deployment = (name: string, template: Json) => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name },
  spec: {
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: template },
  },
});
const deploymentAt = (name: string) => `/apis/apps/v1/namespaces/default/deployments/${name}`;

describe('server-side apply', () => {
  it('creates with 201, and answers 200 without a new version when nothing changes', async () => {
    const first = await api.apply(at('same'), configMap('same', { a: '1' }));
    const second = await api.apply(at('same'), configMap('same', { a: '1' }));
    expect([first.status, second.status]).toEqual([201, 200]);
    expect(second.body.metadata.resourceVersion).toBe(first.body.metadata.resourceVersion);
  });

  it('takes away what its manager alone owned and no longer declares', async () => {
    await api.apply(at('drop'), configMap('drop', { a: '1', b: '2' }));
    const { body } = await api.apply(at('drop'), configMap('drop', { a: '1' }));
    expect(body.data).toEqual({ a: '1' });
    expect(owners(body)).toEqual({ 'orch Apply': { 'f:data': { 'f:a': {} } } });
  });

  it('keeps what another manager owns too', async () => {
    await api.apply(at('shared'), configMap('shared', { a: '1', b: '2' }));
    await api.apply(at('shared'), configMap('shared', { b: '2' }), 'other');
    const { body } = await api.apply(at('shared'), configMap('shared', { a: '1' }));
    expect(body.data).toEqual({ a: '1', b: '2' });
  });

  it('names each conflict, and takes the fields over with force', async () => {
    await api.apply(at('fight'), configMap('fight', { a: '1', b: '1' }));
    const refused = await api.apply(at('fight'), configMap('fight', { a: '2', b: '2' }), 'other');
    expect(refused.status).toBe(409);
    expect(refused.body.message).toBe(
      'Apply failed with 2 conflicts: conflicts with "orch":\n- .data.a\n- .data.b',
    );
    expect(refused.body.details.causes[1]).toEqual({
      reason: 'FieldManagerConflict',
      message: 'conflict with "orch"',
      field: '.data.b',
    });
    const { body } = await api.apply(
      at('fight'),
      configMap('fight', { a: '2', b: '2' }),
      'other',
      '&force=true',
    );
    expect(owners(body)).toEqual({ 'other Apply': { 'f:data': { 'f:a': {}, 'f:b': {} } } });
  });

  it('rehearses with all checks and stores nothing', async () => {
    const { status, body } = await api.apply(
      deploymentAt('dry'),
      deployment('dry', { containers: [{ name: 'c', image: 'i' }] }),
      'orch',
      '&dryRun=All',
    );
    expect(status).toBe(201);
    expect(body.spec.replicas).toBe(1);
    expect(body.metadata.resourceVersion).toBeUndefined();
    expect((await api.call('GET', deploymentAt('dry'))).status).toBe(404);
    const refused = await api.apply(deploymentAt('dry'), deployment('dry', {}), 'orch', '&dryRun=All');
    expect(refused.status).toBe(422);
  });

  it('merges keyed lists by their keys, and owns sets and maps member by member', async () => {
    const pod = (image: string, extra: Json[] = []) => ({
      containers: [
        { name: 'c', image, ports: [{ containerPort: 80 }], volumeMounts: [{ name: 'v', mountPath: '/v' }] },
        ...extra,
      ],
      volumes: [{ name: 'v', emptyDir: {} }],
    });
    await api.apply(deploymentAt('lists'), deployment('lists', pod('i:1', [{ name: 'side', image: 's:1' }])));
    await api.apply(
      deploymentAt('lists'),
      {
        ...deployment('lists', {}),
        spec: { template: { spec: { containers: [{ name: 'side', image: 's:1' }] } } },
      },
      'mesh',
    );
    const { body } = await api.apply(deploymentAt('lists'), deployment('lists', pod('i:2')));
    expect(body.spec.template.spec.containers.map((it: Json) => [it.name, it.image])).toEqual([
      ['c', 'i:2'],
      ['side', 's:1'],
    ]);
    expect(owners(body)['orch Apply']['f:spec']['f:template']['f:spec']).toEqual({
      'f:containers': {
        'k:{"name":"c"}': {
          '.': {},
          'f:image': {},
          'f:name': {},
          'f:ports': { 'k:{"containerPort":80,"protocol":"TCP"}': { '.': {}, 'f:containerPort': {} } },
          'f:volumeMounts': { 'k:{"mountPath":"/v"}': { '.': {}, 'f:mountPath': {}, 'f:name': {} } },
        },
      },
      'f:volumes': { 'k:{"name":"v"}': { '.': {}, 'f:emptyDir': {}, 'f:name': {} } },
    });
    expect(owners(body)['mesh Apply']['f:spec']['f:template']['f:spec']['f:containers']).toEqual({
      'k:{"name":"side"}': { '.': {}, 'f:image': {}, 'f:name': {} },
    });
  });

  it('records ordinary writers, and gives their earlier fields to before-first-apply when nobody is recorded', async () => {
    const created = await api.call('POST', at('').slice(0, -1), {
      body: configMap('old', { a: '1' }),
      userAgent: 'tool/2',
    });
    expect(owners(created.body)).toEqual({ 'tool Update': { 'f:data': { '.': {}, 'f:a': {} } } });
    await api.call('PATCH', at('old'), {
      body: [{ op: 'replace', path: '/metadata/managedFields', value: [] }],
      type: 'application/json-patch+json',
      userAgent: 'tool/2',
    });
    const refused = await api.apply(at('old'), configMap('old', { a: '2' }));
    expect(refused.body.message).toContain('conflict with "before-first-apply" using v1: .data.a');
  });
});

describe('ordinary writes', () => {
  it.each([
    ['application/json-patch+json', [{ op: 'add', path: '/data/b', value: '2' }]],
    ['application/merge-patch+json', { data: { b: '2' } }],
    ['application/strategic-merge-patch+json', { data: { b: '2' } }],
  ])('patches by %s', async (type, body) => {
    const name = `patch-${type.length}`;
    await api.apply(at(name), configMap(name, { a: '1' }));
    const answer = await api.call('PATCH', at(name), { body, type });
    expect(answer.body.data).toEqual({ a: '1', b: '2' });
  });

  it('refuses a write over a newer version with 409', async () => {
    const { body } = await api.apply(at('stale'), configMap('stale', { a: '1' }));
    await api.apply(at('stale'), configMap('stale', { a: '2' }));
    const answer = await api.call('PUT', at('stale'), { body: { ...body, data: { a: '3' } } });
    expect([answer.status, answer.body.reason]).toEqual([409, 'Conflict']);
  });

  it('counts generations for spec alone', async () => {
    const spec = { containers: [{ name: 'c', image: 'i' }] };
    await api.apply(deploymentAt('gen'), deployment('gen', spec));
    const labelled = await api.call('PATCH', deploymentAt('gen'), {
      body: { metadata: { labels: { x: 'y' } } },
      type: 'application/merge-patch+json',
    });
    const scaled = await api.call('PATCH', deploymentAt('gen'), {
      body: { spec: { replicas: 2 } },
      type: 'application/merge-patch+json',
    });
    expect([labelled.body.metadata.generation, scaled.body.metadata.generation]).toEqual([1, 2]);
  });

  it('warns of unknown fields and drops them, and refuses them when asked to be strict', async () => {
    const path = at('').slice(0, -1);
    const body = { ...configMap('odd', { a: '1' }), extra: 1 };
    const strict = await api.call('POST', `${path}?fieldValidation=Strict`, { body });
    expect([strict.status, strict.body.message]).toEqual([
      400,
      'strict decoding error: unknown field "extra"',
    ]);
    const warned = await api.call('POST', path, { body });
    expect(warned.headers.warning).toBe('299 - "unknown field \\"extra\\""');
    expect(warned.body.extra).toBeUndefined();
  });

  it('pages lists, and selects by labels and fields', async () => {
    const names = ['page-1', 'page-2', 'page-3'];
    for (const name of names) await api.apply(at(name), configMap(name, {}, { labels: { page: 'yes' } }));
    const path = `${at('').slice(0, -1)}?labelSelector=page%3Dyes`;
    const first = (await api.call('GET', `${path}&limit=2`)).body;
    const next = encodeURIComponent(first.metadata.continue);
    const second = (await api.call('GET', `${path}&limit=2&continue=${next}`)).body;
    expect([...first.items, ...second.items].map((it: Json) => it.metadata.name)).toEqual(names);
    expect(first.metadata.remainingItemCount).toBe(1);
    const chosen = (await api.call('GET', `${path}&fieldSelector=metadata.name%3Dpage-2`)).body;
    expect(chosen.items).toHaveLength(1);
  });

  it('refuses requests without a token', async () => {
    expect((await api.call('GET', at('x'), { token: null })).status).toBe(401);
  });
});
