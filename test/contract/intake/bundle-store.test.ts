import { buffer } from 'node:stream/consumers';
import { DeleteObjectCommand } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createBundleStore } from '#adapters/aws/bundle-store.ts';
import { createMemoryBundleStore } from '#adapters/memory/bundle-store.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { BundleStore } from '#ports/bundle-store.ts';
import { bucketName, loopbackS3 } from './loopback.ts';

interface Backend {
  readonly store: BundleStore;
  upload(key: string, bytes: Buffer): Promise<BundleReference>;
  remove(bundle: BundleReference): Promise<void>;
  close(): Promise<void>;
}

async function memory(): Promise<Backend> {
  const store = createMemoryBundleStore();
  let versions = 0;
  return {
    store,
    async upload(key, bytes) {
      versions += 1;
      const bundle = { bucket: bucketName, key, versionId: `v${versions}` };
      store.upload(bundle, bytes);
      return bundle;
    },
    remove: async (bundle) => store.remove(bundle),
    close: async () => {},
  };
}

async function aws(): Promise<Backend> {
  const s3 = await loopbackS3();
  return {
    store: createBundleStore(s3.client),
    upload: async (key, bytes) => ({ bucket: bucketName, key, versionId: await s3.upload(key, bytes) }),
    async remove({ bucket, key, versionId }) {
      await s3.client.send(new DeleteObjectCommand({ Bucket: bucket, Key: key, VersionId: versionId }));
    },
    close: s3.close,
  };
}

describe.each([
  ['memory', memory],
  ['S3', aws],
] as const)('a bundle store in %s', (_, open) => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await open();
  });
  afterAll(() => backend.close());

  const read = async (bundle: BundleReference, start: number, end: number) =>
    (await buffer(await backend.store.read(bundle, start, end))).toString();

  it('reads ranges of exactly the version that is named', async () => {
    const first = await backend.upload('web/a key+ü.zip', Buffer.from('0123456789'));
    const second = await backend.upload('web/a key+ü.zip', Buffer.from('abcdefghijklm'));
    expect(await read(first, 2, 5)).toBe('234');
    expect(await read(first, 0, 10)).toBe('0123456789');
    expect(await read(second, 2, 5)).toBe('cde');
    expect(await read(first, 4, 4)).toBe('');
    expect((await backend.store.head(first))?.sizeBytes).toBe(10);
    expect((await backend.store.head(second))?.sizeBytes).toBe(13);
  });

  it('knows when a version is gone, though a newer one is there', async () => {
    const gone = await backend.upload('web/b.zip', Buffer.from('old'));
    await backend.upload('web/b.zip', Buffer.from('new'));
    await backend.remove(gone);
    expect(await backend.store.head(gone)).toBeUndefined();
    await expect(backend.store.read(gone, 0, 2)).rejects.toMatchObject({
      name: 'BundleInvalidError',
      message: expect.stringContaining('bundle "web/b.zip" is gone'),
    });
  });

  it('knows nothing of what was never there', async () => {
    const never = { bucket: bucketName, key: 'web/never.zip', versionId: 'x'.repeat(32) };
    expect(await backend.store.head(never)).toBeUndefined();
  });
});
