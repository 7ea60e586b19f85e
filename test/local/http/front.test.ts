import { request } from 'node:http';
import { PassThrough } from 'node:stream';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../../../local/http/front.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../../../local/http/service.ts';
import { presignedUrl, signedFetch, type ToSign } from './signed.ts';

let front: Front;
const keys = { accessKeyId: 'AKIA1', secretAccessKey: 'secret' };
const defects: unknown[] = [];
const serve = (signingName: string, handle: (request: AwsRequest) => Promise<AwsResponse>): AwsService => ({
  signingName,
  handle,
});
const told = async ({ method, path, query, region, accessKeyId }: AwsRequest): Promise<AwsResponse> => ({
  status: 200,
  body: JSON.stringify({ method, path, query: [...query], region, accessKeyId }),
});

beforeAll(async () => {
  front = await startFront({
    port: 0,
    keyOf: (accessKeyId) => (accessKeyId === keys.accessKeyId ? keys : undefined),
    now: Date.now,
    onDefect: (_service, error) => defects.push(error),
  });
  front.add(serve('told', told));
  front.add(serve('sns', told));
  front.add(serve('s3', async ({ body }) => ({ status: 200, body: body.pipe(new PassThrough()) })));
  front.add(serve('unread', async () => ({ status: 204 })));
  front.add(serve('broken', () => Promise.reject(new TypeError('no such thing'))));
});
afterAll(() => front.close());

const signed = (service: string, own: Partial<ToSign> = {}) =>
  signedFetch({ url: front.url, service, keys, method: 'POST', ...own });

describe('the HTTP front', () => {
  it('listens on loopback only', () => {
    expect(front.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  });
  it('routes by the credential scope of the Authorization header, path and query untouched', async () => {
    const url = `${front.url}/a%2Fb/%C3%BC?x=1&x=2`;
    const answer = await fetch(url, await signed('told', { url, method: 'PUT' }));
    expect(await answer.json()).toEqual({
      method: 'PUT',
      path: '/a%2Fb/%C3%BC',
      query: [
        ['x', '1'],
        ['x', '2'],
      ],
      region: 'eu-west-1',
      accessKeyId: 'AKIA1',
    });
    expect(answer.headers.get('x-amzn-requestid')).toBeTruthy();
  });
  it('routes presigned URLs by their credential', async () => {
    const url = await presignedUrl({ url: `${front.url}/?a=b`, service: 'told', keys }, 60);
    expect(await (await fetch(url)).json()).toMatchObject({ accessKeyId: 'AKIA1', region: 'eu-west-1' });
  });
  it('routes the unsigned links of SNS mails, and no other unsigned request', async () => {
    expect((await fetch(`${front.url}/?Action=ConfirmSubscription&Token=t`)).status).toBe(200);
    expect((await fetch(`${front.url}/?Action=Publish`)).status).toBe(403);
  });
  it('streams both ways at once', async () => {
    const { headers } = await signed('s3', { headers: { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' } });
    const seen = await new Promise<string[]>((resolve, reject) => {
      const chunks: string[] = [];
      const sent = request(front.url, { method: 'POST', headers }, (response) => {
        response.on('data', (chunk) => {
          chunks.push(String(chunk));
          // The first part came back before the second was sent.
          if (chunks.length === 1) sent.end('second');
        });
        response.on('end', () => resolve(chunks));
      });
      sent.on('error', reject);
      sent.write('first');
    });
    expect(seen).toEqual(['first', 'second']);
  });
  it('serves the next request after a body that was not read', async () => {
    const init = await signed('unread', { body: 'x'.repeat(200_000) });
    expect((await fetch(front.url, init)).status).toBe(204);
    expect((await fetch(front.url, init)).status).toBe(204);
  });
  it('answers 500 and tells of a defect', async () => {
    const answer = await fetch(front.url, await signed('broken'));
    expect([answer.status, answer.headers.get('x-amzn-errortype')]).toEqual([500, 'InternalFailure']);
    expect(defects).toHaveLength(1);
  });
  it('answers 501 naming the service and the operation', async () => {
    const url = `${front.url}/things`;
    const answer = await fetch(url, await signed('glue', { url, method: 'DELETE' }));
    expect([answer.status, await answer.text()]).toEqual([
      501,
      expect.stringMatching(/DELETE \/things.*glue/),
    ]);
  });
});
