import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createEksClusters, createEksKubeConfigSource } from '#adapters/kubernetes/eks-clusters.ts';
import { eksToken } from '#adapters/kubernetes/eks-token.ts';
import { instant } from '#domain/instant.ts';
import { createEksTokenVerifier } from '../../../local/eks/token-verifier.ts';
import { createSts } from '../../../local/sts/create-sts.ts';
import { systemClock } from './system-clock.ts';

describe('an EKS token before a verifier of its own', () => {
  const sts = createSts();
  const keys = sts.issueKeys('arn:aws:iam::123456789012:role/deployer', 'session');
  const request = { clusterName: 'main', region: 'us-east-1', credentials: keys, signingDate: new Date() };

  it('is whose signed it', async () => {
    expect(createEksTokenVerifier('main', sts).verify(await eksToken(request))).toMatchObject({
      kind: 'authenticated',
      identity: { arn: expect.stringContaining('deployer') },
    });
  });

  it('is refused by another cluster, and when it is too old', async () => {
    expect(createEksTokenVerifier('other', sts).verify(await eksToken(request))).toMatchObject({
      kind: 'refused',
    });
    const old = await eksToken({ ...request, signingDate: new Date(Date.now() - 16 * 60_000) });
    expect(createEksTokenVerifier('main', sts).verify(old)).toMatchObject({ kind: 'refused' });
  });
});

describe('the token of a function whose clock is wrong', () => {
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify({
        cluster: { endpoint: 'https://127.0.0.1:1', certificateAuthority: { data: 'Q0E=' } },
      }),
    );
  });
  const before = { ...process.env };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_EKS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterAll(() => {
    process.env = before;
    server.close();
  });

  const signedAt = (token = '') => {
    const url = new URL(Buffer.from(token.replace('k8s-aws-v1.', ''), 'base64url').toString());
    return url.searchParams.get('X-Amz-Date');
  };

  it('is signed by the clock of the cluster that refused it (K1)', async () => {
    const clock = { now: () => instant(Date.parse('2026-11-21T10:00:00Z')), sleep: async () => {} };
    const source = createEksKubeConfigSource('main', 'us-east-1', clock);
    expect(signedAt((await source.current()).getCurrentUser()?.token)).toBe('20261121T100000Z');
    source.forget(instant(Date.parse('2026-11-21T10:20:00Z')));
    expect(signedAt((await source.current()).getCurrentUser()?.token)).toBe('20261121T102000Z');
    source.forget(instant(Date.parse('2026-11-21T10:00:01Z')));
    expect(signedAt((await source.current()).getCurrentUser()?.token)).toBe('20261121T100000Z');
  });
});

describe('an EKS cluster that cannot be described', () => {
  let answer = { status: 404, type: 'ResourceNotFoundException' };
  const server = createServer((_, response) => {
    response.writeHead(answer.status, {
      'x-amzn-errortype': answer.type,
      'content-type': 'application/json',
    });
    response.end(JSON.stringify({ message: 'as asked' }));
  });
  const before = { ...process.env };
  beforeAll(async () => {
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    process.env.AWS_ENDPOINT_URL_EKS = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
    process.env.AWS_ACCESS_KEY_ID = 'AKIDEXAMPLE';
    process.env.AWS_SECRET_ACCESS_KEY = 'secret';
  });
  afterAll(() => {
    process.env = before;
    server.close();
  });
  afterEach(() => {
    answer = { status: 404, type: 'ResourceNotFoundException' };
  });

  it('is named, with what to check', async () => {
    const clusters = createEksClusters({ region: 'us-east-1', clock: systemClock });
    await expect(clusters.of({ name: 'nowhere' }, 'shop-1-staging-1')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining("EKS cluster 'nowhere' in us-east-1: does not exist"),
    });
  });

  it('may be forbidden', async () => {
    answer = { status: 403, type: 'AccessDeniedException' };
    const clusters = createEksClusters({ region: 'us-east-1', clock: systemClock });
    await expect(clusters.of({ name: 'main' }, 'shop-1-staging-1')).rejects.toMatchObject({
      name: 'ConfigurationError',
      message: expect.stringContaining('eks:DescribeCluster is not permitted'),
    });
  });
});
