import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type RestApi, startRestApi } from '../../../local/apigateway/rest-api.ts';
import type { InvocationResult } from '../../../local/lambda/invoker.ts';

let now = 1_000_000;
let api: RestApi;
const events: Record<string, unknown>[] = [];
let answer: () => InvocationResult | Promise<InvocationResult> = () =>
  success({ statusCode: 200, body: 'ok' });
const success = (value: unknown): InvocationResult => ({ kind: 'success', payload: JSON.stringify(value) });

beforeAll(async () => {
  api = await startRestApi({ port: 0, clock: { now: () => now, after: () => () => {} } });
  const all = { path: '/{proxy+}', method: 'ANY', functionArn: 'f' };
  const routes = [all, { path: '/slow', method: 'GET', functionArn: 'f' }];
  const throttling = [
    { path: '*', method: '*', ratePerSecond: 1000, burst: 1000 },
    { path: '/slow', method: 'GET', ratePerSecond: 1, burst: 2 },
  ];
  const model = {
    logicalId: 'Api',
    id: 'abc123',
    name: 'api',
    stageName: 'live',
    stageVariables: {},
    binaryMediaTypes: ['image/*'],
    routes,
    throttling,
  };
  const invoker = {
    invoke: async (_name: string, payload: string) => {
      events.push(JSON.parse(payload));
      return answer();
    },
    invokeAsync: () => {},
  };
  api.serve(model, invoker);
});
afterAll(() => api.close());

const call = (path: string, init: RequestInit = {}) => fetch(`${api.url}${path}`, init);

describe('a stage', () => {
  const own: readonly [path: string, status: number, message: string][] = [
    ['/live', 403, 'Missing Authentication Token'],
    ['/dead/x', 403, 'Forbidden'],
  ];
  it.each(own)('%s answers %i %s', async (path, status, message) => {
    const response = await call(path);
    expect([response.status, await response.json()]).toEqual([status, { message }]);
    expect(response.headers.get('x-amzn-errortype')).toBeTruthy();
  });

  const malformed: readonly [what: string, result: InvocationResult, status: number][] = [
    ['text', success('hello'), 502],
    ['no status', success({ body: 'x' }), 502],
    ['a body that is no string', success({ statusCode: 200, body: { a: 1 } }), 502],
    ['an unknown member', success({ statusCode: 200, cookies: [] }), 502],
    ['a function error', { kind: 'error', errorType: 'E', errorMessage: 'm', payload: '{}' }, 502],
  ];
  it.each(malformed)('turns %s into a 502', async (_what, result, status) => {
    answer = () => result;
    const response = await call('/live/x');
    expect([response.status, await response.json()]).toEqual([status, { message: 'Internal server error' }]);
  });
  it('turns a function that cannot be run into a 500', async () => {
    answer = () => Promise.reject(new Error('throttled'));
    expect((await call('/live/x')).status).toBe(500);
  });

  it('answers headers of both kinds and binary bodies', async () => {
    answer = () =>
      success({
        statusCode: 201,
        headers: { 'X-One': '1', 'set-cookie': 'lost' },
        multiValueHeaders: { 'Set-Cookie': ['a=1', 'b=2'] },
        body: Buffer.from([0, 255, 1]).toString('base64'),
        isBase64Encoded: true,
      });
    const response = await call('/live/x');
    expect(response.status).toBe(201);
    expect(response.headers.getSetCookie()).toEqual(['a=1', 'b=2']);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect([...new Uint8Array(await response.arrayBuffer())]).toEqual([0, 255, 1]);
  });

  it('hands over binary bodies in base64, and paths decoded', async () => {
    answer = () => success({ statusCode: 204 });
    const response = await call('/live/a%20b/c', {
      method: 'PUT',
      headers: { 'content-type': 'image/png' },
      body: new Uint8Array([255, 0]),
    });
    expect(response.status).toBe(204);
    expect(events.at(-1)).toMatchObject({
      path: '/a b/c',
      resource: '/{proxy+}',
      pathParameters: { proxy: 'a b/c' },
      body: '/wA=',
      isBase64Encoded: true,
      requestContext: {
        path: '/live/a b/c',
        requestTimeEpoch: 1_000_000,
        requestTime: '01/Jan/1970:00:16:40 +0000',
      },
    });
  });

  it('keeps every value of a repeated header', async () => {
    answer = () => success({ statusCode: 200 });
    await new Promise<void>((resolve) => {
      const headers = ['Host', `localhost:${api.port}`, 'X-Many', 'a', 'X-Many', 'b'];
      request({ port: api.port, host: '127.0.0.1', path: '/live/x', headers }, (response) => {
        response.resume().on('end', resolve);
      }).end();
    });
    expect(events.at(-1)).toMatchObject({
      headers: { 'X-Many': 'b' },
      multiValueHeaders: { 'X-Many': ['a', 'b'] },
      requestContext: { domainName: `localhost:${api.port}` },
    });
  });

  it('refuses a name of somebody else, by which a web page would reach it as its own', async () => {
    const before = events.length;
    const status = await new Promise((resolve) => {
      const headers = { host: `evil.example:${api.port}` };
      request({ port: api.port, host: '127.0.0.1', path: '/live/x', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode));
      }).end();
    });
    expect([status, events.length]).toEqual([403, before]);
  });

  it('throttles a method by its own setting and lets it recover', async () => {
    answer = () => success({ statusCode: 200 });
    const statuses = async (count: number) =>
      Promise.all(Array.from({ length: count }, async () => (await call('/live/slow')).status));
    expect((await statuses(3)).sort()).toEqual([200, 200, 429]);
    now += 1000;
    expect((await statuses(2)).sort()).toEqual([200, 429]);
    expect((await call('/live/other')).status).toBe(200);
  });

  it('refuses a body over 10 MB', async () => {
    const response = await call('/live/x', { method: 'POST', body: 'x'.repeat(10 * 1024 * 1024 + 1) });
    expect(response.status).toBe(413);
  });
});
