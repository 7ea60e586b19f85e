import * as stsSdk from '@aws-sdk/client-sts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createSts } from '../../../local/sts/create-sts.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from '../s3/loopback.ts';
import { presignCallerIdentity } from './presign.ts';

let nowMs = Date.now();
const arn = 'arn:aws:iam::000000000000:user/developer';
const known = { accessKeyId: 'AKIATEST', secretAccessKey: 'secret', arn };
const sts = createSts({ clock: { now: () => nowMs, after: () => () => undefined }, knownKeys: [known] });
const RoleArn = 'arn:aws:iam::000000000000:role/team/Deployer';

let server: Loopback;
let client: stsSdk.STSClient;
const clientOf = (credentials: { accessKeyId: string; secretAccessKey: string; sessionToken?: string }) =>
  new stsSdk.STSClient({ ...clientOptions(server.endpoint), credentials });
const whoIs = (of: stsSdk.STSClient) => of.send(new stsSdk.GetCallerIdentityCommand({}));

beforeAll(async () => {
  server = await serveOnLoopback(sts);
  client = clientOf(known);
});
afterAll(async () => {
  client.destroy();
  await server.close();
});

describe('GetCallerIdentity', () => {
  it('tells whose the key is', async () => {
    expect(await whoIs(client)).toMatchObject({
      Arn: arn,
      Account: '000000000000',
      UserId: expect.stringMatching(/^AIDA[A-Z2-7]{16}$/),
    });
  });

  it('refuses a key nobody has', async () => {
    const error = await errorOf(whoIs(clientOf({ accessKeyId: 'AKIAOTHER', secretAccessKey: 'x' })));
    expect([error.name, (error.$metadata as { httpStatusCode: number }).httpStatusCode]).toEqual([
      'InvalidClientTokenId',
      403,
    ]);
  });
});

describe('AssumeRole', () => {
  const assume = (more: Partial<stsSdk.AssumeRoleCommandInput> = {}) =>
    client.send(new stsSdk.AssumeRoleCommand({ RoleArn, RoleSessionName: 'run-1', ...more }));

  it('issues keys of the session, which expire', async () => {
    const { Credentials, AssumedRoleUser } = await assume({ DurationSeconds: 900 });
    expect(AssumedRoleUser?.Arn).toBe('arn:aws:sts::000000000000:assumed-role/Deployer/run-1');
    const credentials = {
      accessKeyId: Credentials?.AccessKeyId ?? '',
      secretAccessKey: Credentials?.SecretAccessKey ?? '',
      sessionToken: Credentials?.SessionToken ?? '',
    };
    expect(await whoIs(clientOf(credentials))).toMatchObject({
      Arn: AssumedRoleUser?.Arn,
      UserId: AssumedRoleUser?.AssumedRoleId,
    });
    expect((await errorOf(whoIs(clientOf({ ...credentials, sessionToken: 'other' })))).name).toBe(
      'InvalidClientTokenId',
    );
    nowMs += 900_000;
    expect((await errorOf(whoIs(clientOf(credentials)))).name).toMatch(/^ExpiredToken/);
    const second = await assume();
    expect(second.AssumedRoleUser?.AssumedRoleId).toBe(AssumedRoleUser?.AssumedRoleId);
  });

  it.each([
    [{ RoleArn: 'arn:aws:iam::000000000000:user/x' }],
    [{ RoleSessionName: 'a b' }],
    [{ DurationSeconds: 60 }],
  ])('refuses %j', async (more) => {
    expect((await errorOf(assume(more))).name).toBe('ValidationError');
  });
});

describe('a presigned GetCallerIdentity', () => {
  const presign = (more: Partial<Parameters<typeof presignCallerIdentity>[0]> = {}) =>
    presignCallerIdentity({
      endpoint: server.endpoint,
      credentials: known,
      signingMs: nowMs,
      expiresSeconds: 60,
      ...more,
    });
  const follow = async (url: string, headers: Record<string, string> = {}) => {
    const response = await fetch(url, { headers });
    const body = await response.text();
    return [response.status, /<(?:Code|Arn)>(.*?)</.exec(body)?.[1]];
  };

  it('is answered by its signature alone, with signed headers', async () => {
    expect(await follow(await presign())).toEqual([200, arn]);
    const bound = await presign({ headers: { 'x-proof': 'sum' } });
    expect(await follow(bound, { 'x-proof': 'sum' })).toEqual([200, arn]);
    expect(await follow(bound, { 'x-proof': 'other' })).toEqual([403, 'SignatureDoesNotMatch']);
    expect(await follow(bound)).toEqual([403, 'SignatureDoesNotMatch']);
  });

  it('works with keys that were issued, only with their session token', async () => {
    const { accessKeyId, secretAccessKey, sessionToken, identity } = sts.issueKeys(RoleArn, 'function');
    const url = await presign({ credentials: { accessKeyId, secretAccessKey, sessionToken } });
    expect(await follow(url)).toEqual([200, identity.arn]);
    const stripped = await presign({ credentials: { accessKeyId, secretAccessKey } });
    expect(await follow(stripped)).toEqual([403, 'InvalidClientTokenId']);
  });

  it.each<[string, (url: URL) => void, string]>([
    [
      'another signature',
      (url) => url.searchParams.set('X-Amz-Signature', '0'.repeat(64)),
      'SignatureDoesNotMatch',
    ],
    ['another query', (url) => url.searchParams.set('Version', '2012'), 'SignatureDoesNotMatch'],
    [
      'a longer life than signed',
      (url) => url.searchParams.set('X-Amz-Expires', '600'),
      'SignatureDoesNotMatch',
    ],
    [
      'another key',
      (url) =>
        url.searchParams.set(
          'X-Amz-Credential',
          (url.searchParams.get('X-Amz-Credential') ?? '').replace('AKIATEST', 'AKIAX'),
        ),
      'InvalidClientTokenId',
    ],
    ['no date', (url) => url.searchParams.delete('X-Amz-Date'), 'IncompleteSignature'],
  ])('is refused with %s', async (_, change, code) => {
    const url = new URL(await presign());
    change(url);
    expect(await follow(url.href)).toEqual([403, code]);
  });

  it('is refused after X-Amz-Expires, and before its time', async () => {
    expect(await follow(await presign({ signingMs: nowMs - 59_000 }))).toEqual([200, arn]);
    expect(await follow(await presign({ signingMs: nowMs - 62_000 }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ]);
    expect(await follow(await presign({ signingMs: nowMs + 400_000 }))).toEqual([
      403,
      'SignatureDoesNotMatch',
    ]);
  });
});

it('answers 501 with its name for an unknown operation', async () => {
  const error = await errorOf(client.send(new stsSdk.GetSessionTokenCommand({})));
  expect([error.name, error.message]).toEqual(['NotImplemented', expect.stringContaining('GetSessionToken')]);
});
