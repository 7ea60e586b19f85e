import { describe, expect, it } from 'vitest';
import { imagesOf, pinnedImage, withImages } from '#domain/image-pinning.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

const digest = `sha256:${'a'.repeat(64)}`;
const pod = {
  containers: [{ name: 'web', image: 'web:1' }],
  initContainers: [{ name: 'init', image: 'init:1' }],
  ephemeralContainers: [{ name: 'debug', image: 'debug:1' }],
  volumes: [
    { name: 'model', image: { reference: 'model:1' } },
    { name: 'tmp', emptyDir: {} },
  ],
};
const object = (kind: string, rest: object): KubernetesObject => ({
  apiVersion: 'apps/v1',
  kind,
  metadata: { name: 'x', namespace: 'web' },
  ...rest,
});
const inTemplate = { spec: { replicas: 2, template: { spec: pod } } };

describe('the images of', () => {
  it.each([
    ['Deployment', inTemplate],
    ['StatefulSet', inTemplate],
    ['DaemonSet', inTemplate],
    ['ReplicaSet', inTemplate],
    ['Job', inTemplate],
    ['Pod', { spec: pod }],
    ['PodTemplate', { template: { spec: pod } }],
    ['CronJob', { spec: { jobTemplate: { spec: { template: { spec: pod } } } } }],
  ])('a %s are those of all its containers and volumes', (kind, rest) => {
    expect(imagesOf(object(kind, rest)).map(({ image }) => image)).toEqual([
      'web:1',
      'init:1',
      'debug:1',
      'model:1',
    ]);
  });

  it('a ConfigMap are none', () => {
    expect(imagesOf(object('ConfigMap', inTemplate))).toEqual([]);
  });

  it('an odd object are none', () => {
    expect(imagesOf(object('Deployment', { spec: null }))).toEqual([]);
    expect(imagesOf(object('Deployment', { spec: { template: { spec: { containers: 'x' } } } }))).toEqual([]);
  });

  it('a container without one are empty', () => {
    const uses = imagesOf(object('Pod', { spec: { containers: [{ name: 'web' }] } }));
    expect(uses).toEqual([{ image: '', where: "Pod.apps web/x (container 'web')" }]);
  });
});

it('pinning replaces images and leaves the rest, and the given object, alone', () => {
  const before = object('Deployment', inTemplate);
  const copy = structuredClone(before);
  const after = withImages(
    before,
    new Map([
      ['web:1', `web@${digest}`],
      ['model:1', `model@${digest}`],
    ]),
  );
  expect(before).toEqual(copy);
  expect(imagesOf(after).map(({ image }) => image)).toEqual([
    `web@${digest}`,
    'init:1',
    'debug:1',
    `model@${digest}`,
  ]);
  expect(after.spec).toMatchObject({ replicas: 2 });
});

it.each([
  ['web:1', `web@${digest}`],
  ['host:5000/web', `host:5000/web@${digest}`],
  [`web:1@sha256:${'b'.repeat(64)}`, `web@${digest}`],
])('%s is pinned as %s', (image, pinned) => {
  expect(pinnedImage(image, digest)).toBe(pinned);
});
