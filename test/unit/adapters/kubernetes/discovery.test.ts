import { afterEach, describe, expect, it } from 'vitest';
import { type ScriptedAnswer, startScriptedServer } from './api-server.ts';

const widgets = {
  kind: 'APIResourceList',
  resources: [
    { name: 'widgets/status', kind: 'Widget', namespaced: true },
    { name: 'widgets', kind: 'Widget', namespaced: true },
    { name: 'grounds', kind: 'Ground', namespaced: false },
  ],
};
const notServed: ScriptedAnswer = { status: 404, body: '404 page not found\n' };
const found: ScriptedAnswer = { status: 200, body: widgets };
const apiVersion = 'example.com/v1';

describe('discovery', () => {
  let server: Awaited<ReturnType<typeof startScriptedServer>>;
  const start = async (...answers: ScriptedAnswer[]) => {
    server = await startScriptedServer(answers);
    return server;
  };
  afterEach(() => server.stop());

  it('tells the resource and the scope of a kind, and asks once', async () => {
    const { cluster, seen } = await start(found);
    const kinds = ['Widget', 'Ground', 'Widget'].map((kind) => cluster.resourceOf(apiVersion, kind));
    expect(await Promise.all(kinds)).toEqual([
      { resource: 'widgets', namespaced: true },
      { resource: 'grounds', namespaced: false },
      { resource: 'widgets', namespaced: true },
    ]);
    expect(seen.map(({ url }) => url)).toEqual(['/apis/example.com/v1']);
  });

  it('asks again for a kind that was not served yet (§3, wave 1)', async () => {
    const { cluster, seen } = await start(notServed, found);
    expect(await cluster.resourceOf(apiVersion, 'Widget')).toBeUndefined();
    expect(await cluster.resourceOf(apiVersion, 'Widget')).toEqual({ resource: 'widgets', namespaced: true });
    expect(seen).toHaveLength(2);
  });

  it('leads to the objects of a kind that nobody knew before', async () => {
    const live = { apiVersion, kind: 'Ground', metadata: { name: 'g' } };
    const { cluster, seen } = await start(found, { status: 200, body: live });
    const address = { apiVersion, group: 'example.com', kind: 'Ground', name: 'g' };
    expect(await cluster.read(address)).toEqual(live);
    expect(seen.at(-1)?.url).toBe('/apis/example.com/v1/grounds/g');
  });

  it('answers that an object of a kind that is not served does not exist, and that it can’t be applied', async () => {
    const { cluster } = await start(notServed);
    const object = { apiVersion, kind: 'Widget', metadata: { name: 'w', namespace: 'shop' } };
    expect(
      await cluster.read({ ...object.metadata, apiVersion, group: 'example.com', kind: 'Widget' }),
    ).toBeUndefined();
    expect(await cluster.apply(object, 'dry-run')).toEqual({ kind: 'kind-missing', apiVersion });
  });

  it('finds the schema of a kind among those of its version', async () => {
    const gvk = { group: 'example.com', version: 'v1', kind: 'Widget' };
    const schema = { type: 'object', 'x-kubernetes-group-version-kind': [gvk] };
    const { cluster, seen } = await start({
      status: 200,
      body: { components: { schemas: { 'com.example.v1.Widget': schema, other: {} } } },
    });
    expect((await cluster.schemaOf(apiVersion, 'Widget'))?.root).toEqual(schema);
    expect(await cluster.schemaOf(apiVersion, 'Ground')).toBeUndefined();
    expect(seen.map(({ url }) => url)).toEqual(['/openapi/v3/apis/example.com/v1']);
  });

  it('goes without a schema where there is none to be had', async () => {
    const { cluster } = await start({
      status: 403,
      body: { kind: 'Status', code: 403, reason: 'Forbidden' },
    });
    expect(await cluster.schemaOf(apiVersion, 'Widget')).toBeUndefined();
  });
});
