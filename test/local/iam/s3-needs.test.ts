import { readFileSync } from 'node:fs';
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Call } from '../../../local/iam/call.ts';
import { s3Needs } from '../../../local/iam/services/s3.ts';

const call = (method: string, url: string, headers: Record<string, string> = {}, body = ''): Call => {
  const { pathname, searchParams } = new URL(url, 'http://s3');
  return {
    request: {
      method,
      path: pathname,
      query: searchParams,
      headers,
      body: Readable.from([]),
      readBody: async () => Buffer.alloc(0),
      region: 'us-east-1',
    },
    body: Buffer.from(body),
    world: { region: 'us-east-1', partitionKey: () => undefined, machineOfToken: () => undefined },
  };
};
const needs = (...args: Parameters<typeof call>): string[] | undefined =>
  s3Needs(call(...args))?.map(({ action, resource }) => `${action} ${resource.replace('arn:aws:s3:::', '')}`);

describe('what S3 asks for', () => {
  it.each<[string, Parameters<typeof call>, string[]]>([
    ['GetObject', ['GET', '/b/a%20b/c'], ['s3:GetObject b/a b/c']],
    ['HeadObject', ['HEAD', '/b/k'], ['s3:GetObject b/k']],
    ['GetObject of a version', ['GET', '/b/k?versionId=v'], ['s3:GetObjectVersion b/k']],
    ['DeleteObject of a version', ['DELETE', '/b/k?versionId=v'], ['s3:DeleteObjectVersion b/k']],
    ['PutObject', ['PUT', '/b/k?x-id=PutObject'], ['s3:PutObject b/k']],
    [
      'PutObject with tags',
      ['PUT', '/b/k', { 'x-amz-tagging': 'a=b' }],
      ['s3:PutObject b/k', 's3:PutObjectTagging b/k'],
    ],
    [
      'CopyObject of a version',
      ['PUT', '/b/k', { 'x-amz-copy-source': '/from/a%2Bb?versionId=v' }],
      ['s3:GetObjectVersion from/a+b', 's3:PutObject b/k'],
    ],
    ['UploadPart', ['PUT', '/b/k?partNumber=1&uploadId=u'], ['s3:PutObject b/k']],
    ['AbortMultipartUpload', ['DELETE', '/b/k?uploadId=u'], ['s3:AbortMultipartUpload b/k']],
    ['ListObjectsV2', ['GET', '/b?list-type=2&prefix=in/'], ['s3:ListBucket b']],
    ['ListObjectVersions', ['GET', '/b?versions'], ['s3:ListBucketVersions b']],
    ['HeadBucket', ['HEAD', '/b'], ['s3:ListBucket b']],
    ['ListBuckets', ['GET', '/'], ['s3:ListAllMyBuckets *']],
    [
      'DeleteObjects',
      [
        'POST',
        '/b?delete',
        {},
        '<Delete><Object><Key>x</Key></Object><Object><Key>y</Key><VersionId>v</VersionId></Object></Delete>',
      ],
      ['s3:DeleteObject b/x', 's3:DeleteObjectVersion b/y'],
    ],
  ])('%s', (_, args, expected) => {
    expect(needs(...args)).toEqual(expected);
  });

  it('is known for each operation that is routed', () => {
    const routes = readFileSync(new URL('../../../local/s3/route.ts', import.meta.url), 'utf8');
    const named = [...routes.matchAll(/'(service|bucket|object) ([A-Z]+) ?([\w-]*)':/g)];
    expect(named.length).toBeGreaterThan(20);
    const paths = { service: '/', bucket: '/b', object: '/b/k' };
    for (const [name, level, method = '', what = ''] of named) {
      const copy = what === 'copy' ? { 'x-amz-copy-source': '/b/k' } : {};
      const query = what && what !== 'copy' ? `?${what}=1` : '';
      expect(needs(method, `${paths[level as keyof typeof paths]}${query}`, copy), name).toBeDefined();
    }
  });
});
