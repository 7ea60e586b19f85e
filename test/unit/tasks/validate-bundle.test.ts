import { expect, it } from 'vitest';
import type { ReleaseContent } from '#domain/content.ts';
import { startRelease } from '#tasks/start-release.ts';
import { validateBundle } from '#tasks/validate-bundle.ts';
import { configMap, releaseYaml } from '../domain/bundle/bundles.ts';
import { zipOf } from '../domain/bundle/zips.ts';
import { bundleOf, intakeWorld, uploadOf } from './intake-world.ts';

async function received(files: Record<string, string>) {
  const world = intakeWorld();
  world.bundles.upload(bundleOf('v1'), await zipOf(files));
  await startRelease(world)(uploadOf(bundleOf('v1')));
  return { world, input: { application: 'web', release: 1, bundle: bundleOf('v1') } };
}

const files = {
  'tidegate.yaml': `${releaseYaml}version: "1.2"\n`,
  'manifests/a.yaml': configMap('a', 'data: {a: yes}\n'),
  'manifests/staging/b.yaml': configMap('b'),
};

it('stores the canonical content of each environment', async () => {
  const { world, input } = await received(files);
  const { contents, objects } = await validateBundle(world)(input);
  expect(objects).toBe(2);
  expect(Object.keys(contents)).toEqual(['staging', 'production']);
  const staging = contents.staging && (await world.documents.get<ReleaseContent>(contents.staging));
  expect(staging).toMatchObject({
    application: 'web',
    release: 1,
    environment: 'staging',
    version: '1.2',
    bundle: {
      ...bundleOf('v1'),
      files: [{ path: 'manifests/a.yaml' }, { path: 'manifests/staging/b.yaml' }, { path: 'tidegate.yaml' }],
    },
    objects: [{ metadata: { name: 'a', namespace: 'web-staging' } }, { metadata: { name: 'b' } }],
    notes: [expect.stringContaining('manifests/a.yaml:5:11')],
  });
});

it('answers the same documents when it runs again', async () => {
  const { world, input } = await received(files);
  expect(await validateBundle(world)(input)).toEqual(await validateBundle(world)(input));
});

it('reads the pipeline as it was at intake', async () => {
  const { world, input } = await received(files);
  world.pipelines.putParameter('/tidegate/web/pipeline', '{}');
  expect(Object.keys((await validateBundle(world)(input)).contents)).toEqual(['staging', 'production']);
});

it('refuses a version that was deleted since, and stores nothing of it', async () => {
  const { world, input } = await received(files);
  world.bundles.remove(bundleOf('v1'));
  const put = async () => Promise.reject(new Error('stored'));
  const task = validateBundle({ ...world, documents: { ...world.documents, put } });
  await expect(task(input)).rejects.toMatchObject({
    name: 'BundleInvalidError',
    message: 'bundle "web/web.zip" is gone: version "v1" was deleted from bucket "bundles"; upload it again',
  });
});

it('stores nothing of a bundle that is wrong for one environment', async () => {
  const { world, input } = await received({
    ...files,
    'manifests/production/n.yaml': 'apiVersion: v1\nkind: Namespace\nmetadata: {name: n}\n',
  });
  const put = async () => Promise.reject(new Error('stored'));
  await expect(validateBundle({ ...world, documents: { ...world.documents, put } })(input)).rejects.toThrow(
    'Namespace n is cluster-scoped, and environment "production" does not permit it',
  );
});
