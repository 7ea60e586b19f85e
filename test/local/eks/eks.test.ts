import * as eks from '@aws-sdk/client-eks';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEks, type EksCluster } from '../../../local/eks/create-eks.ts';
import { createEksTokenVerifier } from '../../../local/eks/token-verifier.ts';
import { createSts } from '../../../local/sts/create-sts.ts';
import { clientOptions, errorOf, type Loopback, serveOnLoopback } from '../s3/loopback.ts';
import { presignCallerIdentity } from '../sts/presign.ts';

const createdMs = Date.UTC(2026, 0, 1);
const cluster = (name: string): [string, EksCluster] => [
  name,
  { name, endpoint: 'https://127.0.0.1:6443', certificateAuthorityData: 'Q0E=', version: '1.33', createdMs },
];

describe('clusters', () => {
  let server: Loopback;
  let client: eks.EKSClient;
  const clusters = new Map([cluster('staging')]);
  beforeAll(async () => {
    server = await serveOnLoopback(createEks({ clusters }));
    client = new eks.EKSClient(clientOptions(server.endpoint));
  });
  afterAll(async () => {
    client.destroy();
    await server.close();
  });

  it('are described', async () => {
    const { cluster: described } = await client.send(new eks.DescribeClusterCommand({ name: 'staging' }));
    expect(described).toMatchObject({
      name: 'staging',
      arn: 'arn:aws:eks:us-east-1:000000000000:cluster/staging',
      endpoint: 'https://127.0.0.1:6443',
      certificateAuthority: { data: 'Q0E=' },
      status: 'ACTIVE',
      version: '1.33',
      createdAt: new Date(createdMs),
      accessConfig: { authenticationMode: 'API' },
      resourcesVpcConfig: { endpointPublicAccess: true },
    });
  });

  it('are listed in pages, also those that came later', async () => {
    clusters.set(...cluster('production'));
    const names: string[] = [];
    for await (const page of eks.paginateListClusters({ client, pageSize: 1 }, {}))
      names.push(...(page.clusters ?? []));
    expect(names).toEqual(['production', 'staging']);
  });

  it('answer 404 for another name, and 501 for an unknown operation', async () => {
    const error = await errorOf(client.send(new eks.DescribeClusterCommand({ name: 'absent' })));
    expect([error.name, error.message]).toEqual([
      'ResourceNotFoundException',
      'No cluster found for name: absent.',
    ]);
    const unknown = await errorOf(client.send(new eks.ListNodegroupsCommand({ clusterName: 'staging' })));
    expect([unknown.name, (unknown.$metadata as { httpStatusCode: number }).httpStatusCode]).toEqual([
      'NotImplemented',
      501,
    ]);
  });
});

describe('a bearer token', () => {
  let nowMs = Date.UTC(2026, 0, 1, 12);
  const arn = 'arn:aws:iam::000000000000:role/Deployer';
  const sts = createSts({ clock: { now: () => nowMs, after: () => () => undefined } });
  const keys = sts.issueKeys(arn, 'run');
  const { accessKeyId, secretAccessKey, sessionToken } = keys;
  const verifier = createEksTokenVerifier('production', sts);
  const urlFor = (more: Partial<Parameters<typeof presignCallerIdentity>[0]> = {}) =>
    presignCallerIdentity({
      endpoint: 'https://sts.us-east-1.amazonaws.com/',
      credentials: { accessKeyId, secretAccessKey, sessionToken },
      signingMs: nowMs,
      expiresSeconds: 60,
      headers: { 'x-k8s-aws-id': 'production' },
      ...more,
    });
  const tokenOf = (url: string) => `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
  const reasonFor = (token: string) => {
    const verdict = verifier.verify(token);
    return verdict.kind === 'refused' ? verdict.reason : `authenticated as ${verdict.identity.arn}`;
  };

  it('names its caller', async () => {
    expect(verifier.verify(tokenOf(await urlFor()))).toEqual({
      kind: 'authenticated',
      identity: {
        arn: 'arn:aws:sts::000000000000:assumed-role/Deployer/run',
        accountId: '000000000000',
        userId: keys.identity.userId,
      },
    });
  });

  it('lives fifteen minutes, whatever X-Amz-Expires says', async () => {
    const token = tokenOf(await urlFor());
    nowMs += 15 * 60 * 1000;
    expect(verifier.verify(token).kind).toBe('authenticated');
    nowMs += 1000;
    expect(reasonFor(token)).toContain('expired');
  });

  it.each<[string, Partial<Parameters<typeof presignCallerIdentity>[0]>, string]>([
    ['another cluster', { headers: { 'x-k8s-aws-id': 'staging' } }, 'SignatureDoesNotMatch'],
    ['no cluster header', { headers: {} }, 'did not sign the x-k8s-aws-id header'],
    ['http', { endpoint: 'http://sts.us-east-1.amazonaws.com/' }, 'unexpected scheme'],
    [
      'a host that is not STS',
      { endpoint: 'https://sts.us-east-1.amazonaws.com.example.org/' },
      'unexpected hostname',
    ],
    ['another path', { endpoint: 'https://sts.us-east-1.amazonaws.com/x' }, 'unexpected path'],
    ['an extra query key', { query: { 'x-id': 'GetCallerIdentity' } }, "'x-id'"],
    ['another action', { query: { Action: 'AssumeRole' } }, 'unexpected action'],
    ['a life over 900 s', { expiresSeconds: 901 }, 'X-Amz-Expires'],
    [
      'a key nobody has',
      { credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } },
      'InvalidClientTokenId',
    ],
    [
      'another secret',
      { credentials: { accessKeyId, secretAccessKey: 'x', sessionToken } },
      'SignatureDoesNotMatch',
    ],
  ])('is refused with %s', async (_, more, reason) => {
    expect(reasonFor(tokenOf(await urlFor(more)))).toContain(reason);
  });

  it.each<[string, (url: string) => string, string]>([
    ['another prefix', (url) => tokenOf(url).replace('v1', 'v2'), 'prefix'],
    ['padding', (url) => `${tokenOf(url)}=`, 'base64url'],
    ['more than 4096 bytes', (url) => tokenOf(`${url}${'x'.repeat(4096)}`), 'too large'],
    ['no URL in it', () => tokenOf('nothing'), 'URL'],
    ['a key twice', (url) => tokenOf(`${url}&action=GetCallerIdentity`), 'multiple values'],
    ['a key twice in another case', (url) => tokenOf(`${url}&VERSION=2011-06-15`), 'multiple values'],
  ])('is refused with %s', async (_, tokenFrom, reason) => {
    expect(reasonFor(tokenFrom(await urlFor()))).toContain(reason);
  });
});
