import { describe, expect, inject, it } from 'vitest';
import { eksToken } from '#adapters/kubernetes/eks-token.ts';
import { presignCallerIdentity } from '../../local/sts/presign.ts';
import { sender } from '../api.ts';

const plane = inject('plane');
const { clusterName, region, deployer } = plane;
const review = {
  method: 'POST',
  path: '/apis/authentication.k8s.io/v1/selfsubjectreviews',
  body: { apiVersion: 'authentication.k8s.io/v1', kind: 'SelfSubjectReview' },
};
const whoIs = (token: string) => sender(plane, token)(review);

describe('an EKS token before a real API server (K1, K3)', () => {
  const signed = (credentials = deployer, signingDate = new Date()) =>
    eksToken({ clusterName, region, credentials, signingDate });

  it('is its role, in the groups of the access entry', async () => {
    const { status, body } = await whoIs(await signed());
    expect(status).toBe(201);
    expect(body.status.userInfo).toMatchObject({
      username: 'arn:aws:sts::000000000000:assumed-role/deployer/tidegate',
      groups: ['tidegate:deployers', 'system:authenticated'],
      extra: { canonicalArn: ['arn:aws:iam::000000000000:role/deployer'] },
    });
  });

  it('is refused without an access entry', async () => {
    expect(await whoIs(await signed(plane.stranger))).toMatchObject({ status: 401 });
  });

  it.each([
    ['14 minutes old', 14, 201],
    ['16 minutes old', 16, 401],
  ])('that is %s', async (_, minutes, status) => {
    const token = await signed(deployer, new Date(Date.now() - minutes * 60_000));
    expect(await whoIs(token)).toMatchObject({ status });
  });

  type Presigned = Parameters<typeof presignCallerIdentity>[0];
  const presigned: readonly (readonly [string, Partial<Presigned>])[] = [
    ['for another cluster', { headers: { 'x-k8s-aws-id': 'another' } }],
    ['for no cluster', { headers: {} }],
    ['for http', { endpoint: 'http://sts.us-east-1.amazonaws.com/' }],
    ['for a host that is not STS', { endpoint: 'https://sts.us-east-1.amazonaws.com.example.org/' }],
    ['for another path', { endpoint: 'https://sts.us-east-1.amazonaws.com/x' }],
    ['with a query key of the SDK', { query: { 'x-id': 'GetCallerIdentity' } }],
    ['for another action', { query: { Action: 'AssumeRole' } }],
    ['that lives over 900 s', { expiresSeconds: 901 }],
    ['of a key nobody has', { credentials: { accessKeyId: 'AKIAX', secretAccessKey: 'x' } }],
    ['of another secret', { credentials: { ...deployer, secretAccessKey: 'x' } }],
  ];
  const presign = async (more: Partial<Presigned>) => {
    const url = await presignCallerIdentity({
      endpoint: `https://sts.${region}.amazonaws.com/`,
      credentials: deployer,
      signingMs: Date.now(),
      expiresSeconds: 60,
      headers: { 'x-k8s-aws-id': clusterName },
      ...more,
    });
    return `k8s-aws-v1.${Buffer.from(url).toString('base64url')}`;
  };
  it('may be signed by any SDK', async () => {
    expect(await whoIs(await presign({}))).toMatchObject({ status: 201 });
  });
  it.each(presigned)('is refused when signed %s', async (_, more) => {
    expect(await whoIs(await presign(more))).toMatchObject({ status: 401 });
  });

  const spoilt: readonly (readonly [string, (token: string) => string])[] = [
    ['another prefix', (token) => token.replace('k8s-aws-v1', 'k8s-aws-v2')],
    ['padding', (token) => `${token}=`],
    ['no URL in it', () => 'k8s-aws-v1.bm90aGluZw'],
    ['more than 4096 bytes', (token) => token + 'QUJD'.repeat(1024)],
  ];
  it.each(spoilt)('is refused with %s', async (_, spoil) => {
    expect(await whoIs(spoil(await signed()))).toMatchObject({ status: 401 });
  });

  it('is refused when nobody signed it', async () => {
    expect(await whoIs('nobody')).toMatchObject({ status: 401 });
  });
});
