import { beforeAll, describe, expect, inject, it } from 'vitest';
import type { KubernetesObject } from '#domain/manifest.ts';
import { createReleases, until } from './applied-release.ts';
import { applyingAs } from './apply-as.ts';
import { makeNamespace } from './namespace.ts';

// What costs requests on a real API server, and what does not.

const plane = inject('plane');
const namespace = 'apply-skips';
const releases = createReleases(plane, namespace);
const applyAs = applyingAs(plane);
beforeAll(() => makeNamespace(plane, namespace));

const configMap = (name: string, data: object): KubernetesObject => ({
  apiVersion: 'v1',
  kind: 'ConfigMap',
  metadata: { name, namespace },
  data,
});
const deployment = (name: string): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  metadata: { name, namespace },
  spec: {
    replicas: 1,
    selector: { matchLabels: { app: name } },
    template: { metadata: { labels: { app: name } }, spec: { containers: [{ name: 'main', image: 'a:1' }] } },
  },
});
const requestsOf = async <Result>(work: () => Promise<Result>) => {
  releases.requests.length = 0;
  const result = await work();
  return { result, requests: [...releases.requests] };
};

describe('a release that is in place', () => {
  const objects = [
    ...Array.from({ length: 30 }, (_, index) => configMap(`settings-${index}`, { a: String(index) })),
    ...Array.from({ length: 5 }, (_, index) => deployment(`web-${index}`)),
  ];
  let proved: Awaited<ReturnType<typeof releases.survey>>;
  beforeAll(async () => {
    await releases.release(objects);
    // The controllers write into Deployments once they have seen them.
    await until(async () => {
      const found = await Promise.all(objects.slice(30).map(releases.live));
      return found.every((live) => live?.metadata.annotations?.['deployment.kubernetes.io/revision'] === '1');
    });
    proved = await releases.survey(objects);
  });

  it('is proved unchanged by a list of each kind, whatever controllers write into status', async () => {
    await applyAs('tidegate-test', configMap('of-somebody-else', { b: '1' }));
    const { result, requests } = await requestsOf(() => releases.survey(objects, proved.changes));
    expect(requests).toEqual(['list ConfigMap', 'list Deployment']);
    expect(result.changes.every(({ action }) => action === 'unchanged')).toBe(true);
    expect(result.changes).toEqual(proved.changes);
  });

  it.each<[string, () => Promise<unknown>, KubernetesObject]>([
    [
      'a value',
      () => applyAs('kubectl-edit', configMap('settings-3', { a: 'by hand' })),
      configMap('settings-3', {}),
    ],
    [
      'a field beside ours',
      () => applyAs('kubectl-edit', configMap('settings-4', { b: '1' })),
      configMap('settings-4', {}),
    ],
    [
      'who owns a value, and nothing else',
      () => applyAs('kubectl-edit', configMap('settings-5', { a: '5' })),
      configMap('settings-5', {}),
    ],
    [
      'replicas',
      () => applyAs('hpa/scale', { ...deployment('web-2'), spec: { replicas: 4 } }),
      deployment('web-2'),
    ],
  ])('is asked about anew where somebody changed %s', async (_, happens, object) => {
    await happens();
    const { requests } = await requestsOf(() => releases.survey(objects, proved.changes));
    expect(requests.filter((request) => request.startsWith('dry-run'))).toContain(
      `dry-run ${object.kind} ${object.metadata.name}`,
    );
  });

  it('is made anew where somebody deleted it', async () => {
    const path = `/api/v1/namespaces/${namespace}/configmaps/settings-9`;
    expect((await releases.send({ method: 'DELETE', path })).status).toBe(200);
    const { changes } = await releases.survey(objects, proved.changes);
    expect(changes.filter(({ action }) => action === 'created')).toMatchObject([
      { identity: { name: 'settings-9' } },
    ]);
  });
});

it('reads lists of more than a page whole', async () => {
  const many = Array.from({ length: 1_100 }, (_, index) => `paged-${index}`);
  const path = `/api/v1/namespaces/${namespace}/configmaps`;
  for (let start = 0; start < many.length; start += 50) {
    const bodies = many.slice(start, start + 50).map((name) => configMap(name, {}));
    await Promise.all(bodies.map((body) => releases.send({ method: 'POST', path, body })));
  }
  const listed = await releases.cluster.list({ apiVersion: 'v1', kind: 'ConfigMap', namespace });
  const names = new Set(listed?.map(({ metadata }) => metadata.name));
  expect(many.every((name) => names.has(name))).toBe(true);
  expect(listed?.[0]).toMatchObject({ apiVersion: 'v1', kind: 'ConfigMap' });
});
