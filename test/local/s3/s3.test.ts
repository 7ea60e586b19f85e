import { createHash } from 'node:crypto';
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request as httpRequest } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import * as s3 from '@aws-sdk/client-s3';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { EventBus } from '../../../local/events/bus.ts';
import { createS3 } from '../../../local/s3/create-s3.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from './loopback.ts';

type PutEvent = Parameters<EventBus['put']>[0];

let server: Loopback;
let client: s3.S3Client;
let folder: string;
let bucketCount = 0;
let Bucket: string;
const events: PutEvent[] = [];
let nowMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678);
const clock = { now: () => nowMs, after: () => () => undefined };

const put = (Key: string, Body: string, more: Partial<s3.PutObjectCommandInput> = {}) =>
  client.send(new s3.PutObjectCommand({ Bucket, Key, Body, ...more }));
const get = (Key: string, more: Partial<s3.GetObjectCommandInput> = {}) =>
  client.send(new s3.GetObjectCommand({ Bucket, Key, ...more }));
const head = (Key: string, more: Partial<s3.HeadObjectCommandInput> = {}) =>
  client.send(new s3.HeadObjectCommand({ Bucket, Key, ...more }));
const remove = (Key: string, more: Partial<s3.DeleteObjectCommandInput> = {}) =>
  client.send(new s3.DeleteObjectCommand({ Bucket, Key, ...more }));
const text = async (Key: string, more: Partial<s3.GetObjectCommandInput> = {}) =>
  (await get(Key, more)).Body?.transformToString();
const statusOf = async (promise: Promise<unknown>) =>
  ((await errorOf(promise)).$metadata as { httpStatusCode: number }).httpStatusCode;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 's3-test-'));
  server = await serveOnLoopback(
    createS3({
      clock,
      dataFolder: folder,
      bus: { put: (event) => void events.push(event) },
      buckets: [
        {
          name: 'declared',
          versioning: 'Enabled',
          eventBridge: true,
          encryption: { algorithm: 'aws:kms', keyId: 'key-1' },
        },
      ],
    }),
  );
  client = new s3.S3Client({ ...clientOptions(server.endpoint), forcePathStyle: true });
});
afterAll(async () => {
  client.destroy();
  await server.close();
  await rm(folder, { recursive: true });
});
beforeEach(async () => {
  Bucket = `bucket-${++bucketCount}`;
  await client.send(new s3.CreateBucketCommand({ Bucket }));
  await client.send(
    new s3.PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
  );
  events.length = 0;
});

describe('buckets', () => {
  it('are created once, listed and found', async () => {
    expect((await errorOf(client.send(new s3.CreateBucketCommand({ Bucket })))).name).toBe(
      'BucketAlreadyOwnedByYou',
    );
    expect((await client.send(new s3.ListBucketsCommand({}))).Buckets?.map(({ Name }) => Name)).toContain(
      Bucket,
    );
    await client.send(new s3.HeadBucketCommand({ Bucket }));
    expect((await client.send(new s3.GetBucketLocationCommand({ Bucket }))).LocationConstraint).toBeFalsy();
    expect(await statusOf(client.send(new s3.HeadBucketCommand({ Bucket: 'absent' })))).toBe(404);
  });

  it.each(['Bad_Name', 'ab', 'a..b', '10.0.0.1'])('refuse the name %s', async (name) => {
    expect((await errorOf(client.send(new s3.CreateBucketCommand({ Bucket: name })))).name).toBe(
      'InvalidBucketName',
    );
  });

  it('keep versioning and notification settings', async () => {
    expect((await client.send(new s3.GetBucketVersioningCommand({ Bucket }))).Status).toBe('Enabled');
    await client.send(
      new s3.PutBucketNotificationConfigurationCommand({
        Bucket,
        NotificationConfiguration: { EventBridgeConfiguration: {} },
      }),
    );
    expect(
      (await client.send(new s3.GetBucketNotificationConfigurationCommand({ Bucket })))
        .EventBridgeConfiguration,
    ).toBeDefined();
    await client.send(
      new s3.PutBucketNotificationConfigurationCommand({ Bucket, NotificationConfiguration: {} }),
    );
    expect(
      (await client.send(new s3.GetBucketNotificationConfigurationCommand({ Bucket })))
        .EventBridgeConfiguration,
    ).toBeUndefined();
  });

  it('answer NoSuchBucket for another name, and 501 with its name for an unknown operation', async () => {
    expect((await errorOf(client.send(new s3.GetObjectCommand({ Bucket: 'absent', Key: 'k' })))).name).toBe(
      'NoSuchBucket',
    );
    const unknown = await errorOf(client.send(new s3.GetBucketPolicyCommand({ Bucket })));
    expect([unknown.name, (unknown.$metadata as { httpStatusCode: number }).httpStatusCode]).toEqual([
      'NotImplemented',
      501,
    ]);
    expect(unknown.message).toContain('policy');
    expect(
      await statusOf(
        client.send(new s3.PutObjectTaggingCommand({ Bucket, Key: 'k', Tagging: { TagSet: [] } })),
      ),
    ).toBe(501);
  });

  it('are deleted only when empty', async () => {
    await put('k', 'v');
    expect((await errorOf(client.send(new s3.DeleteBucketCommand({ Bucket })))).name).toBe('BucketNotEmpty');
  });
});

describe('objects', () => {
  it('come back as they were put, with metadata, checksum, version and whole-second time', async () => {
    const key = 'a b/ü+%/"<&>.txt';
    const stored = await put(key, 'hello', {
      ContentType: 'text/plain',
      Metadata: { sign: 'ok' },
      CacheControl: 'no-store',
    });
    expect(stored).toMatchObject({
      ETag: '"5d41402abc4b2a76b9719d911017c592"',
      ServerSideEncryption: 'AES256',
      ChecksumType: 'FULL_OBJECT',
      ChecksumCRC32: 'NhCmhg==',
    });
    const got = await get(key, { ChecksumMode: 'ENABLED' });
    expect(await got.Body?.transformToString()).toBe('hello');
    expect(got).toMatchObject({
      VersionId: stored.VersionId,
      ContentType: 'text/plain',
      CacheControl: 'no-store',
      ContentLength: 5,
      Metadata: { sign: 'ok' },
      ChecksumCRC32: 'NhCmhg==',
      LastModified: new Date(Math.floor(nowMs / 1000) * 1000),
    });
    expect(await head(key)).toMatchObject({ ContentLength: 5, VersionId: stored.VersionId });
  });

  it('echo the encryption of their bucket', async () => {
    const stored = await client.send(new s3.PutObjectCommand({ Bucket: 'declared', Key: 'k', Body: 'v' }));
    expect(stored).toMatchObject({ ServerSideEncryption: 'aws:kms', SSEKMSKeyId: 'key-1' });
  });

  it('are streamed with a trailing checksum that is verified', async () => {
    const body = Buffer.alloc(3_000_000, 'x');
    const Body = Readable.from([body.subarray(0, 1_000_001), body.subarray(1_000_001)]);
    const stored = await client.send(
      new s3.PutObjectCommand({
        Bucket,
        Key: 'k',
        Body,
        ContentLength: body.length,
        ChecksumAlgorithm: 'SHA256',
      }),
    );
    expect(stored.ChecksumSHA256).toBe(createHash('sha256').update(body).digest('base64'));
    expect((await (await get('k')).Body?.transformToByteArray())?.length).toBe(body.length);
    expect((await head('k')).ContentEncoding).toBeUndefined();
  });

  it.each([
    ['CRC32', 'NhCmhg=='],
    ['CRC32C', 'mnG7TA=='],
    ['SHA1', 'qvTGHdzF6KLavt4PO0gs2a6pQ00='],
    ['CRC64NVME', 'M3eFcAZSQlc='],
  ] as const)('refuse a wrong %s and keep nothing of it', async (algorithm, right) => {
    expect(await put('right', 'hello', { [`Checksum${algorithm}`]: right })).toMatchObject({
      [`Checksum${algorithm}`]: right,
    });
    const files = (await readdir(join(folder, 'objects'))).length;
    const wrong = Buffer.from(right, 'base64').fill(1).toString('base64');
    expect((await errorOf(put('wrong', 'hello', { [`Checksum${algorithm}`]: wrong }))).name).toBe(
      'BadDigest',
    );
    expect(await statusOf(head('wrong'))).toBe(404);
    expect((await readdir(join(folder, 'objects'))).length).toBe(files);
  });

  it('refuse a wrong Content-MD5', async () => {
    expect((await errorOf(put('k', 'hello', { ContentMD5: Buffer.alloc(16).toString('base64') }))).name).toBe(
      'BadDigest',
    );
  });

  it('give ranges of their bytes', async () => {
    await put('k', '0123456789');
    for (const [Range, expected, contentRange] of [
      ['bytes=2-4', '234', 'bytes 2-4/10'],
      ['bytes=7-', '789', 'bytes 7-9/10'],
      ['bytes=-3', '789', 'bytes 7-9/10'],
      ['bytes=-30', '0123456789', 'bytes 0-9/10'],
      ['bytes=8-99', '89', 'bytes 8-9/10'],
    ] as const) {
      const got = await get('k', { Range, ChecksumMode: 'ENABLED' });
      expect([await got.Body?.transformToString(), got.ContentRange, got.$metadata.httpStatusCode]).toEqual([
        expected,
        contentRange,
        206,
      ]);
    }
    expect(await text('k', { Range: 'bytes=4-2' })).toBe('0123456789');
    const beyond = await errorOf(get('k', { Range: 'bytes=10-' }));
    expect([beyond.name, beyond.ActualObjectSize]).toEqual(['InvalidRange', '10']);
    expect(await statusOf(head('k', { Range: 'bytes=10-' }))).toBe(416);
  });

  it('obey the conditions of a read', async () => {
    const { ETag } = await put('k', 'v');
    expect(await text('k', { IfMatch: ETag })).toBe('v');
    expect((await errorOf(get('k', { IfMatch: '"other"' }))).name).toBe('PreconditionFailed');
    expect(await statusOf(get('k', { IfNoneMatch: ETag }))).toBe(304);
    expect(await statusOf(head('k', { IfModifiedSince: new Date(nowMs) }))).toBe(304);
    expect(await statusOf(head('k', { IfUnmodifiedSince: new Date(nowMs - 5000) }))).toBe(412);
  });

  it('can be empty', async () => {
    await put('k', '');
    expect(await text('k')).toBe('');
    expect(await statusOf(get('k', { Range: 'bytes=0-' }))).toBe(416);
  });
});

describe('an aws-chunked body', () => {
  const send = async (body: string, headers: Record<string, string> = {}) => {
    const response = await fetch(`${server.endpoint}/${Bucket}/chunked`, {
      method: 'PUT',
      body,
      headers: {
        'x-amz-content-sha256': 'STREAMING-UNSIGNED-PAYLOAD-TRAILER',
        'content-encoding': 'aws-chunked,gzip',
        'x-amz-trailer': 'x-amz-checksum-crc32',
        ...headers,
      },
    });
    return [response.status, /<Code>(.*?)</.exec(await response.text())?.[1]];
  };

  it.each<[string, string, [number, string | undefined]]>([
    [
      'whole',
      '2\r\nhe\r\n3;chunk-signature=x\r\nllo\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n',
      [200, undefined],
    ],
    ['without the last empty line', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n', [200, undefined]],
    ['with a wrong trailer', '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n', [400, 'BadDigest']],
    ['without its trailer', '5\r\nhello\r\n0\r\n\r\n', [400, 'InvalidRequest']],
    ['cut off in a chunk', '5\r\nhel', [400, 'IncompleteBody']],
    ['cut off before the last chunk', '5\r\nhello\r\n', [400, 'IncompleteBody']],
    ['with a size that is no number', 'zz\r\nhello\r\n0\r\n\r\n', [400, 'IncompleteBody']],
    ['with a chunk longer than its size', '4\r\nhello\r\n0\r\n\r\n', [400, 'IncompleteBody']],
  ])('%s', async (_, body, expected) => {
    expect(await send(body)).toEqual(expected);
    expect(await statusOf(head('other'))).toBe(404);
    if (expected[0] !== 200) return expect(await statusOf(head('chunked'))).toBe(404);
    expect(await head('chunked')).toMatchObject({ ContentLength: 5, ContentEncoding: 'gzip' });
  });

  it('must have the length that was announced', async () => {
    const body = '5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n';
    expect(await send(body, { 'x-amz-decoded-content-length': '6' })).toEqual([400, 'IncompleteBody']);
  });
});

describe('versions', () => {
  it('are all kept, and named by opaque ids', async () => {
    const first = await put('k', 'one');
    const second = await put('k', 'two');
    expect(first.VersionId).not.toBe(second.VersionId);
    expect([await text('k'), await text('k', { VersionId: first.VersionId })]).toEqual(['two', 'one']);
    expect((await errorOf(get('k', { VersionId: 'nonsense' }))).name).toBe('InvalidArgument');
    expect((await errorOf(get('k', { VersionId: 'x'.repeat(32) }))).name).toBe('NoSuchVersion');
    expect((await errorOf(get('other'))).name).toBe('NoSuchKey');
  });

  it('are hidden by a delete marker, which can be removed again', async () => {
    const { VersionId } = await put('k', 'one');
    const marker = await remove('k');
    expect(marker.DeleteMarker).toBe(true);
    const gone = await errorOf(get('k'));
    const headers = (gone as unknown as { $response: { headers: Record<string, string> } }).$response.headers;
    expect([gone.name, headers['x-amz-delete-marker'], headers['x-amz-version-id']]).toEqual([
      'NoSuchKey',
      'true',
      marker.VersionId,
    ]);
    expect(await statusOf(head('k'))).toBe(404);
    const ofMarker = await errorOf(get('k', { VersionId: marker.VersionId }));
    expect([ofMarker.name, await statusOf(head('k', { VersionId: marker.VersionId }))]).toEqual([
      'MethodNotAllowed',
      405,
    ]);
    expect(await text('k', { VersionId })).toBe('one');
    expect(await remove('k', { VersionId: marker.VersionId })).toMatchObject({
      DeleteMarker: true,
      VersionId: marker.VersionId,
    });
    expect(await text('k')).toBe('one');
    expect((await remove('k', { VersionId })).DeleteMarker).toBeUndefined();
    expect((await errorOf(get('k', { VersionId }))).name).toBe('NoSuchVersion');
  });

  it('do not exist in a bucket that was never versioned', async () => {
    Bucket = 'plain-bucket';
    await client.send(new s3.CreateBucketCommand({ Bucket }));
    expect((await put('k', 'one')).VersionId).toBeUndefined();
    const files = (await readdir(join(folder, 'objects'))).length;
    await put('k', 'two');
    expect((await readdir(join(folder, 'objects'))).length).toBe(files);
    await remove('k');
    expect((await errorOf(get('k'))).name).toBe('NoSuchKey');
  });
});

describe('conditional writes', () => {
  it('create a key once, however many try at the same time', async () => {
    const tries = await Promise.allSettled(
      Array.from({ length: 8 }, (_, n) => put('k', `try ${n}`, { IfNoneMatch: '*' })),
    );
    expect(tries.filter(({ status }) => status === 'fulfilled')).toHaveLength(1);
    for (const lost of tries)
      if (lost.status === 'rejected') expect(lost.reason.name).toBe('PreconditionFailed');
    await remove('k');
    await put('k', 'again', { IfNoneMatch: '*' });
  });

  it('replace only what they name', async () => {
    const { ETag } = await put('k', 'one');
    expect((await errorOf(put('k', 'no', { IfMatch: '"other"' }))).name).toBe('PreconditionFailed');
    await put('k', 'two', { IfMatch: ETag });
    expect((await errorOf(put('k', 'late', { IfMatch: ETag }))).name).toBe('PreconditionFailed');
    expect((await errorOf(put('absent', 'v', { IfMatch: ETag }))).name).toBe('NoSuchKey');
    expect((await errorOf(remove('k', { IfMatch: ETag }))).name).toBe('PreconditionFailed');
    expect(await text('k')).toBe('two');
  });

  it('answer 409 when the key is deleted while the body is on its way', async () => {
    await put('k', 'one');
    await remove('k');
    const answer = new Promise<[number | undefined, string]>((resolve, reject) => {
      const request = httpRequest(
        `${server.endpoint}/${Bucket}/k`,
        { method: 'PUT', headers: { 'if-none-match': '*', 'content-length': 6 } },
        (response) => {
          let body = '';
          response
            .on('data', (chunk) => {
              body += chunk;
            })
            .on('end', () => resolve([response.statusCode, body]));
        },
      );
      request.on('error', reject);
      request.write('abc');
      setTimeout(async () => {
        await put('k', 'meanwhile');
        await remove('k');
        request.end('def');
      }, 100);
    });
    const [status, body] = await answer;
    expect([status, body]).toEqual([409, expect.stringContaining('<Code>ConditionalRequestConflict</Code>')]);
  });
});

describe('listing', () => {
  it('groups by delimiter, pages and orders by UTF-8', async () => {
    for (const key of ['b/1', 'b/2', 'a', 'c/x/1', 'd', '\u{1f600}', '\uff5e']) await put(key, key);
    const whole = await client.send(new s3.ListObjectsV2Command({ Bucket, Delimiter: '/' }));
    expect(whole.Contents?.map(({ Key }) => Key)).toEqual(['a', 'd', '\uff5e', '\u{1f600}']);
    expect(whole.CommonPrefixes?.map(({ Prefix }) => Prefix)).toEqual(['b/', 'c/']);
    const seen: (string | undefined)[] = [];
    for await (const page of s3.paginateListObjectsV2({ client, pageSize: 2 }, { Bucket, Delimiter: '/' })) {
      expect(page.KeyCount).toBeLessThanOrEqual(2);
      seen.push(
        ...(page.Contents ?? []).map(({ Key }) => Key),
        ...(page.CommonPrefixes ?? []).map(({ Prefix }) => Prefix),
      );
    }
    expect(seen.sort()).toEqual(['a', 'b/', 'c/', 'd', '\u{1f600}', '\uff5e'].sort());
    expect(
      (
        await client.send(new s3.ListObjectsV2Command({ Bucket, Prefix: 'b/', StartAfter: 'b/1' }))
      ).Contents?.map(({ Key }) => Key),
    ).toEqual(['b/2']);
    expect(
      (await errorOf(client.send(new s3.ListObjectsV2Command({ Bucket, ContinuationToken: '!!' })))).name,
    ).toBe('InvalidArgument');
  });

  it('shows versions and markers, newest first, page by page', async () => {
    const first = await put('a', '1');
    const second = await put('a', '2');
    const marker = await remove('a');
    await put('b', '3');
    const all: string[] = [];
    let KeyMarker: string | undefined;
    let VersionIdMarker: string | undefined;
    do {
      const page = await client.send(
        new s3.ListObjectVersionsCommand({ Bucket, MaxKeys: 1, KeyMarker, VersionIdMarker }),
      );
      for (const entry of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])])
        all.push(`${entry.Key} ${entry.VersionId} ${entry.IsLatest}`);
      KeyMarker = page.NextKeyMarker;
      VersionIdMarker = page.NextVersionIdMarker;
    } while (KeyMarker);
    expect(all.slice(0, 3)).toEqual([
      `a ${marker.VersionId} true`,
      `a ${second.VersionId} false`,
      `a ${first.VersionId} false`,
    ]);
    expect(all).toHaveLength(4);
  });

  it('deletes many at once', async () => {
    const { VersionId } = await put('a', '1');
    await put('b', '1');
    const done = await client.send(
      new s3.DeleteObjectsCommand({
        Bucket,
        Delete: { Objects: [{ Key: 'a', VersionId }, { Key: 'b' }, { Key: 'c', VersionId: 'bad' }] },
      }),
    );
    expect(done.Deleted).toEqual([
      { Key: 'a', VersionId },
      { Key: 'b', DeleteMarker: true, DeleteMarkerVersionId: expect.any(String) },
    ]);
    expect(done.Errors).toMatchObject([{ Key: 'c', Code: 'InvalidArgument' }]);
  });
});

describe('copies', () => {
  it('take bytes and metadata, or new metadata, and check the source', async () => {
    const first = await put('source ü', 'one', { Metadata: { a: '1' } });
    await put('source ü', 'two');
    const source = `${Bucket}/${encodeURIComponent('source ü')}`;
    const copy = await client.send(
      new s3.CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${source}?versionId=${first.VersionId}` }),
    );
    expect(copy).toMatchObject({
      CopySourceVersionId: first.VersionId,
      CopyObjectResult: { ETag: first.ETag },
    });
    const got = await get('copy');
    expect([await got.Body?.transformToString(), got.Metadata]).toEqual(['one', { a: '1' }]);
    await client.send(
      new s3.CopyObjectCommand({
        Bucket,
        Key: 'copy',
        CopySource: `${Bucket}/copy`,
        MetadataDirective: 'REPLACE',
        Metadata: { b: '2' },
      }),
    );
    expect((await head('copy')).Metadata).toEqual({ b: '2' });
    expect(
      (
        await errorOf(
          client.send(new s3.CopyObjectCommand({ Bucket, Key: 'copy', CopySource: `${Bucket}/copy` })),
        )
      ).name,
    ).toBe('InvalidRequest');
    expect(
      (
        await errorOf(
          client.send(new s3.CopyObjectCommand({ Bucket, Key: 'x', CopySource: `${Bucket}/absent` })),
        )
      ).name,
    ).toBe('NoSuchKey');
    expect(
      await statusOf(
        client.send(
          new s3.CopyObjectCommand({ Bucket, Key: 'x', CopySource: source, CopySourceIfMatch: '"no"' }),
        ),
      ),
    ).toBe(412);
  });
});

describe('uploads in parts', () => {
  const MiB = 1024 * 1024;
  const start = async (more: Partial<s3.CreateMultipartUploadCommandInput> = {}) =>
    (await client.send(new s3.CreateMultipartUploadCommand({ Bucket, Key: 'big', ...more }))).UploadId;
  const part = (
    UploadId: string | undefined,
    PartNumber: number,
    Body: Buffer,
    more: Partial<s3.UploadPartCommandInput> = {},
  ) => client.send(new s3.UploadPartCommand({ Bucket, Key: 'big', UploadId, PartNumber, Body, ...more }));
  const complete = (
    UploadId: string | undefined,
    Parts: s3.CompletedPart[],
    more: Partial<s3.CompleteMultipartUploadCommandInput> = {},
  ) =>
    client.send(
      new s3.CompleteMultipartUploadCommand({
        Bucket,
        Key: 'big',
        UploadId,
        MultipartUpload: { Parts },
        ...more,
      }),
    );
  const bodies = [Buffer.alloc(5 * MiB, 'a'), Buffer.alloc(1000, 'b')] as const;

  it('join their parts under a composite checksum', async () => {
    const UploadId = await start({ ChecksumAlgorithm: 'SHA256' });
    const one = await part(UploadId, 1, bodies[0], { ChecksumAlgorithm: 'SHA256' });
    const two = await part(UploadId, 7, bodies[1], { ChecksumAlgorithm: 'SHA256' });
    const listed = await client.send(new s3.ListPartsCommand({ Bucket, Key: 'big', UploadId }));
    expect(listed.Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MiB],
      [7, 1000],
    ]);
    const done = await complete(UploadId, [
      { PartNumber: 1, ETag: one.ETag, ChecksumSHA256: one.ChecksumSHA256 },
      { PartNumber: 7, ETag: two.ETag, ChecksumSHA256: two.ChecksumSHA256 },
    ]);
    const sums = bodies.map((body) => createHash('sha256').update(body).digest());
    expect(done).toMatchObject({
      ChecksumType: 'COMPOSITE',
      ChecksumSHA256: `${createHash('sha256').update(Buffer.concat(sums)).digest('base64')}-2`,
    });
    expect(done.ETag).toMatch(/-2"$/);
    const across = await get('big', { Range: `bytes=${5 * MiB - 2}-${5 * MiB + 1}` });
    expect(await across.Body?.transformToString()).toBe('aabb');
    expect((await head('big', { PartNumber: 2 })).PartsCount).toBe(2);
    expect((await errorOf(complete(UploadId, [{ PartNumber: 1, ETag: one.ETag }]))).name).toBe(
      'NoSuchUpload',
    );
  });

  it('have a full-object CRC equal to that of a single put', async () => {
    const UploadId = await start({ ChecksumAlgorithm: 'CRC32', ChecksumType: 'FULL_OBJECT' });
    const parts = await Promise.all(
      bodies.map((body, index) => part(UploadId, index + 1, body, { ChecksumAlgorithm: 'CRC32' })),
    );
    const done = await complete(
      UploadId,
      parts.map(({ ETag }, index) => ({ PartNumber: index + 1, ETag })),
    );
    const whole = await client.send(
      new s3.PutObjectCommand({ Bucket, Key: 'single', Body: Buffer.concat(bodies) }),
    );
    expect([done.ChecksumType, done.ChecksumCRC32]).toEqual(['FULL_OBJECT', whole.ChecksumCRC32]);
    expect((await (await get('big', { ChecksumMode: 'ENABLED' })).Body?.transformToByteArray())?.length).toBe(
      5 * MiB + 1000,
    );
  });

  it('refuse parts that are wrong, small or out of order, and can be aborted', async () => {
    const UploadId = await start();
    const small = await part(UploadId, 1, Buffer.from('small'));
    const last = await part(UploadId, 2, Buffer.from('last'));
    const named = (...parts: [number, string | undefined][]) =>
      parts.map(([PartNumber, ETag]) => ({ PartNumber, ETag }));
    expect((await errorOf(complete(UploadId, named([1, small.ETag], [2, '"no"'])))).name).toBe('InvalidPart');
    expect((await errorOf(complete(UploadId, named([2, last.ETag], [1, small.ETag])))).name).toBe(
      'InvalidPartOrder',
    );
    expect((await errorOf(complete(UploadId, named([1, small.ETag], [2, last.ETag])))).name).toBe(
      'EntityTooSmall',
    );
    await client.send(new s3.AbortMultipartUploadCommand({ Bucket, Key: 'big', UploadId }));
    expect((await errorOf(part(UploadId, 3, Buffer.from('late')))).name).toBe('NoSuchUpload');
    expect(await statusOf(head('big'))).toBe(404);
  });

  it('obey If-None-Match when they are completed', async () => {
    const UploadId = await start();
    const only = await part(UploadId, 1, Buffer.from('v'));
    await put('big', 'first');
    expect(
      (await errorOf(complete(UploadId, [{ PartNumber: 1, ETag: only.ETag }], { IfNoneMatch: '*' }))).name,
    ).toBe('PreconditionFailed');
    expect(await text('big')).toBe('first');
  });
});

describe('events', () => {
  it('tell EventBridge what was created and deleted, in order', async () => {
    Bucket = 'declared';
    const stored = await put('app/bundle one.zip', 'hello');
    const marker = await remove('app/bundle one.zip');
    await remove('app/bundle one.zip', { VersionId: stored.VersionId });
    expect(events[0]).toMatchObject({
      source: 'aws.s3',
      'detail-type': 'Object Created',
      resources: ['arn:aws:s3:::declared'],
      detail: {
        version: '0',
        bucket: { name: 'declared' },
        object: {
          key: 'app/bundle one.zip',
          size: 5,
          etag: '5d41402abc4b2a76b9719d911017c592',
          'version-id': stored.VersionId,
        },
        requester: '000000000000',
        'source-ip-address': '127.0.0.1',
        reason: 'PutObject',
      },
    });
    expect(
      events
        .slice(1)
        .map(({ detail }) => [
          detail['deletion-type'],
          (detail.object as Record<string, string>)['version-id'],
        ]),
    ).toEqual([
      ['Delete Marker Created', marker.VersionId],
      ['Permanently Deleted', stored.VersionId],
    ]);
    const sequencers = events.map(({ detail }) => (detail.object as { sequencer: string }).sequencer);
    expect([...sequencers].sort()).toEqual(sequencers);
    expect(new Set(sequencers.map(({ length }) => length)).size).toBe(1);
  });

  it('are silent without EventBridge', async () => {
    await put('k', 'v');
    nowMs += 1000;
    expect(events).toEqual([]);
  });
});
