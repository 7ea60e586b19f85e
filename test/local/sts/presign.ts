import { Sha256 } from '@aws-crypto/sha256-js';
import { HttpRequest } from '@smithy/protocol-http';
import { SignatureV4 } from '@smithy/signature-v4';

export interface PresignInput {
  readonly endpoint: string;
  readonly credentials: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
  readonly signingMs: number;
  readonly expiresSeconds: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly query?: Readonly<Record<string, string>>;
}

/** A presigned GetCallerIdentity as the AWS SDKs and the EKS CLI make it. */
export async function presignCallerIdentity(input: PresignInput): Promise<string> {
  const url = new URL(input.endpoint);
  const signer = new SignatureV4({
    service: 'sts',
    region: 'us-east-1',
    credentials: input.credentials,
    sha256: Sha256,
  });
  const request = new HttpRequest({
    method: 'GET',
    protocol: url.protocol,
    hostname: url.hostname,
    ...(url.port ? { port: Number(url.port) } : {}),
    path: url.pathname,
    query: { Action: 'GetCallerIdentity', Version: '2011-06-15', ...input.query },
    headers: { host: url.host, ...input.headers },
  });
  const signed = await signer.presign(request, {
    expiresIn: input.expiresSeconds,
    signingDate: new Date(input.signingMs),
    unhoistableHeaders: new Set(Object.keys(input.headers ?? {})),
  });
  const query = new URLSearchParams(signed.query as Record<string, string>);
  return `${input.endpoint.replace(/\/$/, '')}${url.pathname}?${query}`;
}
