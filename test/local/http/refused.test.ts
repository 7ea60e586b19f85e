import { request } from 'node:http';
import { DynamoDBClient, ListTablesCommand } from '@aws-sdk/client-dynamodb';
import { GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { ListTopicsCommand, SNSClient } from '@aws-sdk/client-sns';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Front, startFront } from '../../../local/http/front.ts';
import type { AwsService } from '../../../local/http/service.ts';
import { errorOf } from '../s3/loopback.ts';
import { type Keys, presignedUrl, signedFetch, type ToSign } from './signed.ts';

const nowMs = Date.now();
const developer = { accessKeyId: 'AKIADEVELOPER', secretAccessKey: 'secret+/=' };
const session = { accessKeyId: 'ASIASESSION', secretAccessKey: 'other', sessionToken: 'token+/=' };
const expired = { ...session, accessKeyId: 'ASIAEXPIRED', expirationMs: nowMs - 1 };
const issued = new Map([developer, session, expired].map((key) => [key.accessKeyId, key]));

let front: Front;
let served = 0;
const service = (signingName: string, body: string): AwsService => ({
  signingName,
  async handle({ readBody }) {
    await readBody();
    served += 1;
    return { status: 200, body };
  },
});

beforeAll(async () => {
  front = await startFront({
    port: 0,
    keyOf: (accessKeyId) => issued.get(accessKeyId),
    now: () => nowMs,
    onDefect: (_service, error) => console.error(error),
  });
  front.add(service('s3', ''));
  front.add(service('dynamodb', '{}'));
  front.add(service('sns', '<ListTopicsResponse><ListTopicsResult/></ListTopicsResponse>'));
  front.add(service('eks', '{}'));
});
afterAll(() => front.close());

const settings = (credentials: Keys) => ({
  endpoint: front.url,
  region: 'eu-west-1',
  credentials,
  maxAttempts: 1,
});
const clients: Readonly<Record<string, (keys: Keys) => Promise<unknown>>> = {
  s3: (keys) =>
    new S3Client(settings(keys)).send(
      new PutObjectCommand({
        Bucket: 'b',
        Key: 'a folder/ü (1)+*.zip',
        Body: 'x',
        Metadata: { a: ' b  c ' },
      }),
    ),
  'an S3 range': (keys) =>
    new S3Client(settings(keys)).send(
      new GetObjectCommand({ Bucket: 'b', Key: "it's~", VersionId: 'a+b/=', Range: 'bytes=0-1' }),
    ),
  dynamodb: (keys) => new DynamoDBClient(settings(keys)).send(new ListTablesCommand({})),
  sns: (keys) => new SNSClient(settings(keys)).send(new ListTopicsCommand({})),
};

describe('requests of real SDK clients', () => {
  it.each(Object.keys(clients))('of %s pass with an issued key, and with a session', async (name) => {
    const before = served;
    await clients[name]?.(developer);
    await clients[name]?.(session);
    expect(served).toBe(before + 2);
  });

  const wrong: readonly [what: string, keys: Keys, s3: string, json: string, query: string][] = [
    [
      'a wrong secret',
      { ...developer, secretAccessKey: 'laptop-cloud-secret-access-key' },
      'SignatureDoesNotMatch',
      'InvalidSignatureException',
      'SignatureDoesNotMatch',
    ],
    [
      'an unknown key',
      { ...developer, accessKeyId: 'AKIAOTHER' },
      'InvalidAccessKeyId',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ],
    [
      'the token of another session',
      { ...session, sessionToken: 'other' },
      'InvalidToken',
      'UnrecognizedClientException',
      'InvalidClientTokenId',
    ],
    ['expired keys', expired, 'ExpiredToken', 'ExpiredTokenException', 'ExpiredToken'],
  ];
  it.each(wrong)('are refused with %s, in each protocol', async (_, keys, ...codes) => {
    const before = served;
    const names = ['s3', 'dynamodb', 'sns'] as const;
    const errors = await Promise.all(
      names.map((name) => errorOf(clients[name]?.(keys) ?? Promise.resolve())),
    );
    expect(errors.map(({ name }) => name)).toEqual(codes);
    expect(served).toBe(before);
  });
});

const url = () => `${front.url}/a/b?x=1`;
const toSign = (own: Partial<ToSign> = {}): ToSign => ({
  url: url(),
  service: 'eks',
  keys: developer,
  at: new Date(nowMs),
  ...own,
});
async function codeOf(answer: Response): Promise<string> {
  const text = await answer.text();
  return answer.ok ? 'served' : (/"__type":"(\w+)"|<Code>(\w+)/.exec(text)?.slice(1).join('') ?? text);
}

describe('a signed request', () => {
  const x = { 'x-amz-target': 'List' };
  const tampered: readonly [
    string,
    (init: Awaited<ReturnType<typeof signedFetch>>) => Promise<Response>,
    string,
  ][] = [
    ['untouched', (init) => fetch(url(), init), 'served'],
    ['with another path', (init) => fetch(`${front.url}/a/c?x=1`, init), 'InvalidSignatureException'],
    ['with another query', (init) => fetch(`${front.url}/a/b?x=2`, init), 'InvalidSignatureException'],
    ['with one more parameter', (init) => fetch(`${url()}&y=1`, init), 'InvalidSignatureException'],
    ['by another method', (init) => fetch(url(), { ...init, method: 'PUT' }), 'InvalidSignatureException'],
    ['with another body', (init) => fetch(url(), { ...init, body: 'B' }), 'InvalidSignatureException'],
    [
      'with a signed header changed',
      (init) => fetch(url(), { ...init, headers: { ...init.headers, 'x-amz-target': 'Delete' } }),
      'InvalidSignatureException',
    ],
    [
      'with an x-amz- header that is not signed',
      (init) => fetch(url(), { ...init, headers: { ...init.headers, 'x-amz-copy-source': 'b/k' } }),
      'IncompleteSignatureException',
    ],
  ];
  it.each(tampered)('%s', async (_, send, code) => {
    const init = await signedFetch(toSign({ method: 'POST', body: 'A', headers: x }));
    expect(await codeOf(await send(init))).toBe(code);
  });

  const late: readonly [minutes: number, code: string][] = [
    [14, 'served'],
    [-14, 'served'],
    [16, 'RequestTimeTooSkewed'],
    [-16, 'RequestTimeTooSkewed'],
  ];
  it.each(late)('%i minutes apart: %s', async (minutes, code) => {
    const at = new Date(nowMs + minutes * 60_000);
    const headers = { 'x-amz-content-sha256': 'UNSIGNED-PAYLOAD' };
    const init = await signedFetch(toSign({ service: 's3', at, headers }));
    expect(await codeOf(await fetch(url(), init))).toBe(code);
  });
});

describe('a presigned URL', () => {
  it('lives as long as it says, and for what it says', async () => {
    const at = (seconds: number) => presignedUrl(toSign({ at: new Date(nowMs - seconds * 1000) }), 60);
    expect(await codeOf(await fetch(await at(59)))).toBe('served');
    expect(await codeOf(await fetch(await at(62)))).toBe('InvalidSignatureException');
    const longer = (await at(62)).replace('X-Amz-Expires=60', 'X-Amz-Expires=600');
    expect(await codeOf(await fetch(longer))).toBe('InvalidSignatureException');
    expect(await codeOf(await fetch((await at(0)).replace('/a/b?', '/a/c?')))).toBe(
      'InvalidSignatureException',
    );
  });
});

/** Node's own client, because fetch lets nobody set these headers. */
async function raw(path: string, headers: Readonly<Record<string, string>>, method = 'GET'): Promise<number> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: front.port, path, method, headers }, (response) => {
      response.resume().on('end', () => resolve(response.statusCode ?? 0));
    });
    sent.on('error', reject).end();
  });
}

describe('what a web page sends', () => {
  const own = (host: string) => host.replace('PORT', String(front.port));
  const hosts: readonly [host: string, status: number][] = [
    ['127.0.0.1:PORT', 200],
    ['localhost:PORT', 200],
    ['[::1]:PORT', 200],
    ['evil.example:PORT', 403],
    ['127.0.0.1', 403],
    ['localhost:1', 403],
    ['127.0.0.1.evil.example:PORT', 403],
  ];
  it.each(hosts)('to Host %s is answered %i, even when it is well signed', async (host, status) => {
    const { headers } = await signedFetch(toSign({ headers: { host: own(host) } }));
    expect(await raw('/a/b?x=1', { ...headers, host: own(host) })).toBe(status);
  });

  const senders: readonly [headers: Readonly<Record<string, string>>, status: number][] = [
    [{}, 200],
    [{ 'sec-fetch-site': 'none' }, 200],
    [{ origin: 'https://evil.example' }, 403],
    [{ origin: 'null' }, 403],
    [{ 'sec-fetch-site': 'cross-site' }, 403],
    [{ 'sec-fetch-site': 'same-origin' }, 403],
  ];
  it.each(senders)('with %j is answered %i', async (more, status) => {
    const { headers } = await signedFetch(toSign());
    expect(await raw('/a/b?x=1', { ...headers, host: own('127.0.0.1:PORT'), ...more })).toBe(status);
  });

  const navigation = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  };
  const links: readonly [path: string, headers: Readonly<Record<string, string>>, status: number][] = [
    ['/?Action=ConfirmSubscription&Token=t', navigation, 200],
    ['/?Action=Unsubscribe', navigation, 200],
    ['/?Action=Publish', navigation, 403],
    ['/?Action=ConfirmSubscription', { ...navigation, 'sec-fetch-dest': 'iframe' }, 403],
    ['/?Action=ConfirmSubscription', { ...navigation, 'sec-fetch-mode': 'no-cors' }, 403],
    ['/?Action=ConfirmSubscription', { ...navigation, origin: 'https://evil.example' }, 403],
  ];
  it.each(links)('as a link: %s with %j is answered %i', async (path, headers, status) => {
    expect(await raw(path, { host: own('127.0.0.1:PORT'), ...headers })).toBe(status);
  });
});

it('costs less than half a millisecond', async () => {
  const { whyUnverified } = await import('../../../local/http/verify-signature.ts');
  const { method, headers } = await signedFetch(toSign({ method: 'POST', body: 'x'.repeat(4096) }));
  const sent = { ...headers, host: new URL(front.url).host };
  const body = Buffer.from('x'.repeat(4096));
  const path = '/a/b';
  const signed = {
    method,
    path,
    query: new URLSearchParams('x=1'),
    headers: sent,
    readBody: async () => body,
  };
  const times: number[] = [];
  for (let round = 0; round < 300; round += 1) {
    const from = performance.now();
    const refusal = await whyUnverified(signed, (id) => issued.get(id), nowMs);
    times.push(performance.now() - from);
    expect(refusal).toBeUndefined();
  }
  times.sort((one, other) => one - other);
  expect(times[150]).toBeLessThan(0.5);
});
