import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readBundle } from '#domain/bundle.ts';
import { identityOf, identityText, type KubernetesObject } from '#domain/manifest.ts';
import { configMap, pipeline, releaseYaml, sourceOf } from './bundles.ts';
import { rawZip, zipOf } from './zips.ts';

const read = async (files: Record<string, string | Buffer>) =>
  await readBundle(sourceOf(await zipOf({ 'tidegate.yaml': releaseYaml, ...files })), pipeline);

const names = (objects: readonly KubernetesObject[]) =>
  objects.map((object) => identityText(identityOf(object)));

const only = async (yaml: string): Promise<KubernetesObject> => {
  const [object] = (await read({ 'manifests/x.yaml': yaml })).objectsOf('production');
  if (object === undefined) throw new Error('no object');
  return object;
};

describe('the objects of a bundle', () => {
  it('are those for all environments and those for one, ordered by group, kind, namespace and name', async () => {
    const bundle = await read({
      'manifests/web.yaml': `apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: web}\n---\n${configMap('b')}`,
      'manifests/a.json': JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'a' } }),
      'manifests/staging/deep/only.yml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: web-staging}\n',
      'manifests/production/c.yaml': configMap('c'),
    });
    expect(names(bundle.objectsOf('staging'))).toEqual([
      'ConfigMap web-staging/a',
      'ConfigMap web-staging/b',
      'Namespace web-staging',
      'Deployment.apps web-staging/web',
    ]);
    expect(names(bundle.objectsOf('production'))).toEqual([
      'ConfigMap web/a',
      'ConfigMap web/b',
      'ConfigMap web/c',
      'Deployment.apps web/web',
    ]);
    expect(bundle.objectCount).toBe(5);
  });

  it('may say that they are not to be pruned, and be named like the tool', async () => {
    const { metadata } = await only(
      'apiVersion: v1\nkind: Service\nmetadata: {name: tidegate-web, annotations: {tidegate.dev/prune: disabled}}\nspec: {}\n',
    );
    expect(metadata).toMatchObject({
      name: 'tidegate-web',
      annotations: { 'tidegate.dev/prune': 'disabled' },
    });
  });

  it('come out of Lists', async () => {
    const list = {
      apiVersion: 'v1',
      kind: 'List',
      items: ['b', 'a'].map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } })),
    };
    const bundle = await read({ 'manifests/list.json': JSON.stringify(list) });
    expect(names(bundle.objectsOf('production'))).toEqual(['ConfigMap web/a', 'ConfigMap web/b']);
  });

  it('lose what the server owns', async () => {
    const object = await only(
      'apiVersion: v1\nkind: ConfigMap\nmetadata: {name: x, uid: u, resourceVersion: "1", generation: 2, creationTimestamp: null, selfLink: /x, managedFields: [], annotations: null, labels: {a: b}}\nstatus: {a: 1}\n',
    );
    expect(object).toEqual({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: { name: 'x', namespace: 'web', labels: { a: 'b' } },
    });
  });

  it('keep Secrets in data only, where stringData wins', async () => {
    const object = await only(
      'apiVersion: v1\nkind: Secret\nmetadata: {name: x}\ndata: {a: b2xk, b: Yg==}\nstringData: {a: new}\n',
    );
    expect(object.data).toEqual({ a: 'bmV3', b: 'Yg==' });
    expect(object).not.toHaveProperty('stringData');
  });

  it('have a protocol at every port', async () => {
    const service = await only(
      'apiVersion: v1\nkind: Service\nmetadata: {name: x}\nspec: {ports: [{port: 80}, {port: 80, protocol: UDP}]}\n',
    );
    expect(service.spec).toEqual({
      ports: [
        { port: 80, protocol: 'TCP' },
        { port: 80, protocol: 'UDP' },
      ],
    });
    const deployment = await only(
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: {initContainers: [{name: i}], containers: [{name: c, ports: [{containerPort: 1}]}]}}}\n',
    );
    expect(deployment.spec).toEqual({
      template: {
        spec: {
          containers: [{ name: 'c', ports: [{ containerPort: 1, protocol: 'TCP' }] }],
          initContainers: [{ name: 'i' }],
        },
      },
    });
  });

  it('are read as YAML 1.2: merge keys, =, quoted words; a byte-order mark is skipped', async () => {
    const object = await only(
      '\ufeffx-base: &base {a: "yes"}\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: x}\ndata: {<<: *base, b: =, "on": "off"}\n',
    );
    expect(object.data).toEqual({ a: 'yes', b: '=', on: 'off' });
  });

  it('keep a key called __proto__ as a key', async () => {
    const object = await only(configMap('x', 'data: {__proto__: a, constructor: b}\n'));
    expect(Object.keys(object.data as object)).toEqual(['__proto__', 'constructor']);
  });
});

describe('a bundle', () => {
  it('reads numbers with a leading zero as kubectl does, octal, and says so', async () => {
    const file =
      'apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: x}\nspec: {template: {spec: {volumes: [{name: v, secret: {secretName: s, defaultMode: 0400}}]}}}\n';
    const { notes, objectsOf } = await read({ 'manifests/x.yaml': file });
    expect(notes).toEqual([
      expect.stringMatching(/^manifests\/x.yaml:4:\d+: number `0400` is read as octal, 256, as kubectl does/),
    ]);
    expect(JSON.stringify(objectsOf('production'))).toContain('"defaultMode":256');
  });

  it('notes words that YAML 1.1 takes for truth values', async () => {
    const { notes } = await read({ 'manifests/x.yaml': configMap('x', 'data: {a: yes, b: "yes"}\n') });
    expect(notes).toEqual([
      expect.stringMatching(/^manifests\/x.yaml:5:11: unquoted `yes` is read as text here and as true/),
    ]);
  });

  it('has the hash of every file that was read, by path, and of no other', async () => {
    const { files } = await read({
      'manifests/x.yaml': configMap('x'),
      'README.md': 'hello',
      'docs/a.bin': 'x',
    });
    const sha256 = (text: string) => createHash('sha256').update(text).digest('hex');
    expect(files).toEqual([
      { path: 'manifests/x.yaml', sha256: sha256(configMap('x')) },
      { path: 'tidegate.yaml', sha256: sha256(releaseYaml) },
    ]);
  });

  it('may hold folders, macOS droppings and documentation of any size', async () => {
    const bytes = rawZip([
      { name: 'manifests/', mode: 0o040755 },
      { name: '__MACOSX/._x' },
      { name: 'manifests/.DS_Store' },
      { name: 'docs/film.bin', data: Buffer.alloc(9_000_000) },
      { name: 'manifests/x.yaml', data: configMap('x'), method: 8 },
      { name: 'tidegate.yaml', data: releaseYaml },
    ]);
    const source = sourceOf(bytes);
    await readBundle(source, pipeline);
    const fetched = source.reads.reduce((sum, [start, end]) => sum + end - start, 0);
    expect(fetched).toBeLessThan(300 * 1024);
  });

  it('with far-apart manifests is read in a request each, with near ones in one', async () => {
    const spread = Array.from({ length: 20 }, (_, index) => [
      { name: `manifests/${index}a.yaml`, data: configMap(`a${index}`) },
      { name: `manifests/${index}b.yaml`, data: configMap(`b${index}`) },
      { name: `docs/${index}`, data: Buffer.alloc(100_000) },
    ]).flat();
    const source = sourceOf(rawZip([...spread, { name: 'tidegate.yaml', data: releaseYaml }]));
    expect((await readBundle(source, pipeline)).objectCount).toBe(40);
    expect(source.reads.length).toBeLessThanOrEqual(20);
    expect(source.reads.reduce((sum, [start, end]) => sum + end - start, 0)).toBeLessThan(300 * 1024);
  });

  it('with a directory larger than the tail is read whole', async () => {
    const many = Array.from({ length: 6_000 }, (_, index) => ({
      name: `docs/${'long-name-'.repeat(9)}${index}`,
    }));
    const bytes = rawZip([
      { name: 'tidegate.yaml', data: releaseYaml },
      { name: 'manifests/x.yaml', data: configMap('x') },
      ...many,
    ]);
    const source = sourceOf(bytes);
    expect((await readBundle(source, pipeline)).objectCount).toBe(1);
    expect(source.reads.length).toBeLessThanOrEqual(4);
  });

  it('is asked for again when a connection breaks in mid-range', async () => {
    const source = sourceOf(
      await zipOf({ 'tidegate.yaml': releaseYaml, 'manifests/x.yaml': configMap('x') }),
    );
    let calls = 0;
    const shaky = {
      ...source,
      async read(start: number, end: number) {
        calls += 1;
        return await source.read(start, calls === 1 ? end - 5 : end);
      },
    };
    expect((await readBundle(shaky, pipeline)).objectCount).toBe(1);
    expect(calls).toBe(2);
  });

  it('passes on what the store says', async () => {
    const source = {
      ...sourceOf(Buffer.alloc(100)),
      read: async () => Promise.reject(new Error('socket hang up')),
    };
    await expect(readBundle(source, pipeline)).rejects.toThrow('socket hang up');
  });

  it('gives the same objects whatever order its files stand in', async () => {
    const files = Object.entries({
      'tidegate.yaml': releaseYaml,
      'manifests/a.yaml': configMap('a'),
      'manifests/b.yaml': `${configMap('c')}---\n${configMap('b')}`,
      'manifests/production/d.yaml': configMap('d'),
    });
    const expected = (await read(Object.fromEntries(files))).objectsOf('production');
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray(files, { minLength: files.length }), async (shuffled) => {
        const bundle = await readBundle(sourceOf(await zipOf(Object.fromEntries(shuffled))), pipeline);
        expect(bundle.objectsOf('production')).toEqual(expected);
      }),
      { numRuns: 10 },
    );
  });
});
