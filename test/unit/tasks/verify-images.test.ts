import { expect, it } from 'vitest';
import { createMemoryImageRegistry } from '#adapters/memory/image-registry.ts';
import type { ReleaseContent } from '#domain/content.ts';
import { PolicyViolationError } from '#domain/errors.ts';
import { startRelease } from '#tasks/start-release.ts';
import { validateBundle } from '#tasks/validate-bundle.ts';
import { verifyImages } from '#tasks/verify-images.ts';
import { releaseYaml } from '../domain/bundle/bundles.ts';
import { zipOf } from '../domain/bundle/zips.ts';
import { bundleOf, intakeWorld, uploadOf } from './intake-world.ts';

const digest = (letter: string): string => `sha256:${letter.repeat(64)}`;
const deployment = (name: string, image: string): string =>
  JSON.stringify({
    apiVersion: 'apps/v1',
    kind: 'Deployment',
    metadata: { name },
    spec: { template: { spec: { containers: [{ name: 'main', ...(image && { image }) }] } } },
  });

async function validated(images: readonly string[]) {
  const world = intakeWorld();
  const manifests = images.map((image, index) => [`manifests/${index}.json`, deployment(`d${index}`, image)]);
  const zip = await zipOf({ 'tidegate.yaml': releaseYaml, ...Object.fromEntries(manifests) });
  world.bundles.upload(bundleOf('v1'), zip);
  await startRelease(world)(uploadOf(bundleOf('v1')));
  const { contents } = await validateBundle(world)({
    application: 'web',
    release: 1,
    bundle: bundleOf('v1'),
  });
  return { world, input: { application: 'web', release: 1, contents } };
}

const imagesIn = (content: ReleaseContent): string[] =>
  content.objects.map((object) => /"image":"([^"]*)"/.exec(JSON.stringify(object))?.[1] ?? '');

it('names every image by digest, asking once for each tag over all environments', async () => {
  const { world, input } = await validated([
    'host/web:1',
    'host/web:1',
    `host/api@${digest('b')}`,
    `host/x:1@${digest('c')}`,
  ]);
  const images = createMemoryImageRegistry({ 'host/web:1': digest('a') });
  const { contents } = await verifyImages({ ...world, images })(input);
  for (const environment of ['staging', 'production']) {
    const reference = contents[environment];
    if (reference === undefined) throw new Error(`no content for ${environment}`);
    expect(imagesIn(await world.documents.get<ReleaseContent>(reference))).toEqual([
      `host/web@${digest('a')}`,
      `host/web@${digest('a')}`,
      `host/api@${digest('b')}`,
      `host/x@${digest('c')}`,
    ]);
  }
  expect(images.asked).toEqual(['host/web:1']);
  expect((await world.releases.release({ application: 'web', release: 1 }))?.contents).toEqual(contents);
});

it('asks no more once it is noted, though the tag has moved', async () => {
  const { world, input } = await validated(['host/web:1']);
  const first = await verifyImages({
    ...world,
    images: createMemoryImageRegistry({ 'host/web:1': digest('a') }),
  })(input);
  const moved = createMemoryImageRegistry({ 'host/web:1': digest('f') });
  expect(await verifyImages({ ...world, images: moved })(input)).toEqual(first);
  expect(moved.asked).toEqual([]);
});

it.each([
  [
    'host/web:1',
    "image 'host/web:1' in Deployment.apps web-staging/d0 (container 'main') can't be resolved: the registry has no such image or tag; name it by digest: host/web@sha256:…",
  ],
  ['', "Deployment.apps web-staging/d0 (container 'main') names no image; name one by digest"],
  [
    'http://x/y',
    "image 'http://x/y' in Deployment.apps web-staging/d0 (container 'main') is no image name; write registry/repository@sha256:…",
  ],
])('refuses %j', async (image, message) => {
  const { world, input } = await validated([image]);
  const run = verifyImages({ ...world, images: createMemoryImageRegistry({}) })(input);
  await expect(run).rejects.toMatchObject({ name: 'PolicyViolationError', message });
  expect((await world.releases.release({ application: 'web', release: 1 }))?.contents).toBeUndefined();
});

it('names every image that cannot be resolved', async () => {
  const { world, input } = await validated(['host/a:1', 'host/b:1']);
  await expect(verifyImages({ ...world, images: createMemoryImageRegistry({}) })(input)).rejects.toThrow(
    /release has 2 problems:\n {2}images: image 'host\/a:1' .*\n {2}images: image 'host\/b:1' /,
  );
});

it.each([
  ['images by tag', 201, (index: number) => `host/web:${index}`, '201 images by tag, and 200 are the most'],
  [
    'registries',
    21,
    (index: number) => `host${index}.example/web:1`,
    '21 registries to ask, and 20 are the most',
  ],
])('refuses too many %s before it asks anybody', async (_, count, name, message) => {
  const { world, input } = await validated(Array.from({ length: count }, (__, index) => name(index)));
  const images = createMemoryImageRegistry({});
  const run = verifyImages({ ...world, images })(input);
  await expect(run).rejects.toMatchObject({
    name: 'PolicyViolationError',
    message: expect.stringContaining(message),
  });
  expect(images.asked).toEqual([]);
});

it('does not count images by digest: they ask nobody', async () => {
  const names = Array.from({ length: 25 }, (_, index) => `host${index}.example/web@${digest('a')}`);
  const { world, input } = await validated(names);
  const { contents } = await verifyImages({ ...world, images: createMemoryImageRegistry({}) })(input);
  expect(Object.keys(contents)).toEqual(['staging', 'production']);
});

it('ends in time, naming what was left', async () => {
  const { world, input } = await validated(Array.from({ length: 12 }, (_, index) => `host/slow:${index}`));
  const asked: string[] = [];
  const images = {
    resolve: (image: string, deadline?: AbortSignal) =>
      new Promise<string>((_, reject) => {
        asked.push(image);
        const refuse = () => reject(new PolicyViolationError('slow', { reason: 'slow' }));
        if (deadline?.aborted) refuse();
        else deadline?.addEventListener('abort', refuse);
      }),
  };
  const alive = setTimeout(() => {}, 5000);
  const error = await verifyImages({ ...world, images, deadlineMilliseconds: 30 })(input).catch(
    (thrown: Error) => thrown,
  );
  clearTimeout(alive);
  expect(error).toMatchObject({ name: 'PolicyViolationError' });
  expect((error as Error).message).toMatch(
    /^images 'host\/slow:0', 'host\/slow:1', .* were not resolved within the 0\.03 s/,
  );
  expect((error as Error).message.match(/'host\/slow:\d+'/g)).toHaveLength(12);
  // Those in the queue are not asked any more.
  expect(asked).toHaveLength(8);
});
