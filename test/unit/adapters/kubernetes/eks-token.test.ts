import { describe, expect, it } from 'vitest';
import { eksToken } from '#adapters/kubernetes/eks-token.ts';

// What the verifier of aws-iam-authenticator takes; any other key is refused (KUBERNETES.md K1).
const allowedKeys = [
  'action',
  'version',
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-security-token',
  'x-amz-signature',
  'x-amz-signedheaders',
];

const credentials = {
  accessKeyId: 'AKIDEXAMPLE',
  secretAccessKey: 'secret',
  sessionToken: 'session/token+=',
};
const request = {
  clusterName: 'main',
  region: 'eu-central-1',
  credentials,
  signingDate: new Date('2026-11-21T09:00:00Z'),
};

function opened(token: string): URL {
  const [prefix, encoded = ''] = token.split(/\.(.*)/s);
  expect(prefix).toBe('k8s-aws-v1');
  return new URL(Buffer.from(encoded, 'base64url').toString('utf8'));
}

describe('eksToken', () => {
  it('is a presigned call of the regional STS with exactly the keys that a cluster takes', async () => {
    const token = await eksToken(request);
    const url = opened(token);
    expect(url.origin + url.pathname).toBe('https://sts.eu-central-1.amazonaws.com/');
    expect([...url.searchParams.keys()].map((key) => key.toLowerCase()).toSorted()).toEqual(allowedKeys);
    expect(url.searchParams.get('X-Amz-SignedHeaders')).toBe('host;x-k8s-aws-id');
    expect(url.searchParams.get('X-Amz-Expires')).toBe('60');
    expect(url.searchParams.get('X-Amz-Security-Token')).toBe(credentials.sessionToken);
    expect(token.length).toBeLessThan(4096);
    expect(token).not.toContain('=');
  });

  it('names the STS host of the cluster’s region, and is signed for that region', async () => {
    for (const [region, host] of [
      ['us-west-2', 'sts.us-west-2.amazonaws.com'],
      ['ap-southeast-2', 'sts.ap-southeast-2.amazonaws.com'],
      ['cn-north-1', 'sts.cn-north-1.amazonaws.com.cn'],
    ] as const) {
      const url = opened(await eksToken({ ...request, region }));
      expect(url.host).toBe(host);
      expect(url.searchParams.get('X-Amz-Credential')).toBe(
        `AKIDEXAMPLE/20261121/${region}/sts/aws4_request`,
      );
    }
  });

  it('is signed for the cluster by name', async () => {
    const signature = async (clusterName: string) =>
      opened(await eksToken({ ...request, clusterName })).searchParams.get('X-Amz-Signature');
    expect(await signature('main')).toBe(await signature('main'));
    expect(await signature('other')).not.toBe(await signature('main'));
  });
});
