import { ListObjectVersionsCommand } from '@aws-sdk/client-s3';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createDocumentStore } from '#adapters/aws/document-store.ts';
import { createMemoryDocumentStore } from '#adapters/memory/document-store.ts';
import type { DocumentStore } from '#ports/document-store.ts';
import { bucketName, loopbackS3 } from './loopback.ts';

interface Backend {
  readonly store: DocumentStore;
  close(): Promise<void>;
}

let s3: Awaited<ReturnType<typeof loopbackS3>>;
beforeAll(async () => {
  s3 = await loopbackS3();
});
afterAll(() => s3.close());

describe.each([
  ['memory', (): Backend => ({ store: createMemoryDocumentStore(), close: async () => {} })],
  ['S3', (): Backend => ({ store: createDocumentStore(s3.client, { bucket: bucketName }), close: s3.close })],
] as const)('a document store in %s', (_, open) => {
  const reversed = (document: Record<string, unknown>) =>
    Object.fromEntries(Object.entries(document).toReversed());

  it('answers one reference for one document under one key, whatever the order of its fields', async () => {
    const { store } = open();
    let key = 0;
    const documents = fc.dictionary(fc.string({ minLength: 1 }), fc.jsonValue());
    await fc.assert(
      fc.asyncProperty(documents, async (document) => {
        key += 1;
        const reference = await store.put(`property/${key}.json`, document);
        expect(await store.put(`property/${key}.json`, reversed(document))).toEqual(reference);
        expect(JSON.stringify(await store.get(reference))).toBe(
          JSON.stringify(JSON.parse(canonical(document))),
        );
      }),
      { numRuns: 20 },
    );
  });

  it('keeps another document under the same key as a version of its own', async () => {
    const { store } = open();
    const first = await store.put('plans/a.json', { a: 1 });
    const second = await store.put('plans/a.json', { a: 2 });
    expect(second.versionId).not.toBe(first.versionId);
    expect(await store.get(first)).toEqual({ a: 1 });
    expect(await store.get(second)).toEqual({ a: 2 });
    expect(await store.put('plans/a.json', { a: 2 })).toEqual(second);
  });

  it('keeps text as it is', async () => {
    const { store } = open();
    const document = { text: 'ü 😀 \u2028 "quoted" \\ \n', nothing: null, list: [] };
    expect(await store.get(await store.put('contents/ü +.json', document))).toEqual(document);
  });
});

function canonical(value: unknown): string {
  return JSON.stringify(value, (_, field) =>
    typeof field === 'object' && field !== null && !Array.isArray(field)
      ? Object.fromEntries(Object.entries(field).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : field,
  );
}

it('writes one version to S3 when a document is stored ten times', async () => {
  const store = createDocumentStore(s3.client, { bucket: bucketName });
  await store.put('once/a.json', { a: 1 });
  await Promise.all(Array.from({ length: 10 }, () => store.put('once/a.json', { a: 1 })));
  const request = new ListObjectVersionsCommand({ Bucket: bucketName, Prefix: 'once/' });
  expect((await s3.client.send(request)).Versions).toHaveLength(1);
});

it('throws what S3 says of a version that is gone', async () => {
  const store = createDocumentStore(s3.client, { bucket: bucketName });
  const { bucket, key } = await store.put('gone/a.json', {});
  await expect(store.get({ bucket, key, versionId: 'x'.repeat(32) })).rejects.toThrow();
});
