import { createHash, createHmac } from 'node:crypto';
import { SignatureV4 } from '@smithy/signature-v4';

/** AWS credentials as the SDK's providers give them. */
export interface SigningCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface EksTokenRequest {
  /** The cluster's name as EKS knows it; never its ARN. */
  readonly clusterName: string;
  readonly region: string;
  readonly credentials: SigningCredentials;
  readonly signingDate: Date;
}

const tokenPrefix = 'k8s-aws-v1.';
// What the signature says; the verifier accepts a token for 15 minutes whatever stands here (KUBERNETES.md K1).
const signatureSeconds = 60;

/**
 * The bearer token for an EKS cluster: a presigned STS call that the cluster makes to learn who we are. Signing needs no
 * network. It always names the regional STS host, whatever endpoint this function itself talks to, because it is the
 * cluster that calls it. The token is a bearer's identity: never log it.
 */
export async function eksToken({
  clusterName,
  region,
  credentials,
  signingDate,
}: EksTokenRequest): Promise<string> {
  const signer = new SignatureV4({
    service: 'sts',
    region,
    credentials,
    sha256: NodeSha256,
    applyChecksum: false,
  });
  const hostname = `sts.${region}.${region.startsWith('cn-') ? 'amazonaws.com.cn' : 'amazonaws.com'}`;
  const signed = await signer.presign(
    {
      method: 'GET',
      protocol: 'https:',
      hostname,
      path: '/',
      query: { Action: 'GetCallerIdentity', Version: '2011-06-15' },
      headers: { host: hostname, 'x-k8s-aws-id': clusterName },
    },
    { expiresIn: signatureSeconds, signingDate },
  );
  const query = Object.entries(signed.query ?? {})
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `${encodeURIComponent(key)}=${encodeURIComponent(String(value))}`)
    .join('&');
  return tokenPrefix + Buffer.from(`https://${hostname}/?${query}`).toString('base64url');
}

/** SHA-256 and its HMAC over Node's own, in the shape that the signer asks for. */
class NodeSha256 {
  private readonly hash;

  constructor(secret?: string | ArrayBuffer | ArrayBufferView) {
    this.hash = secret === undefined ? createHash('sha256') : createHmac('sha256', bytesOf(secret));
  }

  update(data: string | ArrayBuffer | ArrayBufferView): void {
    this.hash.update(bytesOf(data));
  }

  async digest(): Promise<Uint8Array> {
    return this.hash.digest();
  }

  reset(): void {}
}

function bytesOf(data: string | ArrayBuffer | ArrayBufferView): Buffer {
  if (typeof data === 'string') return Buffer.from(data, 'utf8');
  return ArrayBuffer.isView(data)
    ? Buffer.from(data.buffer, data.byteOffset, data.byteLength)
    : Buffer.from(data);
}
