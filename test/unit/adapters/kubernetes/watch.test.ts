import { afterEach, describe, expect, it } from 'vitest';
import type { WatchedKind } from '#domain/watch-scope.ts';
import { type ScriptedAnswer, startScriptedServer, status } from './api-server.ts';

let server: Awaited<ReturnType<typeof startScriptedServer>> | undefined;
const start = async (...answers: ScriptedAnswer[]) => {
  server = await startScriptedServer(answers);
  return server;
};
afterEach(async () => {
  await server?.stop();
  server = undefined;
});

const widgets: WatchedKind = {
  apiVersion: 'example.com/v1',
  kind: 'Widget',
  namespaced: true,
  optional: false,
};
const nodes: WatchedKind = { apiVersion: 'v1', kind: 'Node', namespaced: false, optional: true };
const forbidden = status(403, 'nodes is forbidden: User "u" cannot list resource "nodes" in API group "" at the cluster scope', { reason: 'Forbidden' }); // biome-ignore format: one answer
const discovered = { status: 200, body: { resources: [{ name: 'widgets/status', kind: 'Widget' }, { name: 'widgets', kind: 'Widget' }] } }; // biome-ignore format: one answer
const list = (...names: string[]): ScriptedAnswer => ({
  status: 200,
  body: {
    metadata: { resourceVersion: '7' },
    items: names.map((name) => ({ metadata: { name, namespace: 'shop' } })),
  },
});

describe('what the Kubernetes adapter watches', () => {
  const watchOnce = async (kinds: readonly WatchedKind[], ...answers: ScriptedAnswer[]) => {
    const { cluster, seen } = await start(...answers);
    const watch = await cluster.watch({ namespaces: ['shop'], kinds });
    const evidence = watch.evidence();
    watch.close();
    return { evidence, urls: seen.map(({ url }) => url) };
  };

  it('is a kind that it does not know under the name that the cluster gives it', async () => {
    const { evidence, urls } = await watchOnce([widgets], discovered, list('one'));
    expect(urls.slice(0, 2)).toEqual([
      '/apis/example.com/v1',
      '/apis/example.com/v1/namespaces/shop/widgets?limit=500',
    ]);
    expect(evidence).toMatchObject({ 'example.com/Widget': [{ kind: 'Widget', metadata: { name: 'one' } }] });
  });

  it('is nothing of a kind that only explains and may not be read', async () => {
    expect((await watchOnce([nodes], forbidden)).evidence).toEqual({});
  });

  it('is an empty list of a needed kind that the cluster no longer knows', async () => {
    const gone = status(404, 'the server could not find the requested resource', { reason: 'NotFound' });
    expect((await watchOnce([widgets], gone)).evidence).toEqual({ 'example.com/Widget': [] });
  });

  it('is refused where a needed kind may not be read', async () => {
    const { cluster } = await start(forbidden);
    await expect(
      cluster.watch({ namespaces: [], kinds: [{ ...nodes, optional: false }] }),
    ).rejects.toMatchObject({ name: 'ConfigurationError' });
  });

  it('is listed anew when the token of a page is too old', async () => {
    const page = {
      status: 200,
      body: { metadata: { continue: 'more' }, items: [{ metadata: { name: 'one' } }] },
    };
    const expired = status(410, 'The provided continue parameter is too old', { reason: 'Expired' });
    const { evidence } = await watchOnce([nodes], page, expired, list('two', 'three'));
    expect(evidence['/Node']?.map(({ metadata }) => metadata.name)).toEqual(['two', 'three']);
  });
});

describe('a log that is none', () => {
  it.each([
    'unable to retrieve container logs for containerd://04da7dca',
    'failed to try resolving symlinks in path "/var/log/pods/a/main/0.log": lstat /var/log/pods/a: no such file or directory',
  ])('is not taken for the container’s words: %s', async (body) => {
    const { cluster } = await start({ status: 200, body });
    const request = { namespace: 'shop', pod: 'web-1', container: 'main', previous: true, tailLines: 20 };
    expect(await cluster.log(request)).toBeUndefined();
  });
});
