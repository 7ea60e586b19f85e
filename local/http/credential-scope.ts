/** Where a request is bound for, as its signature says. */
export interface CredentialScope {
  readonly accessKeyId: string;
  readonly region: string;
  readonly service: string;
}

/** The SigV4 credential scope of a request: in its Authorization header, or in a presigned URL's query. */
export function credentialScope(
  headers: Readonly<Record<string, string>>,
  query: URLSearchParams,
): CredentialScope | undefined {
  const signed = /^AWS4-\S+\s+.*?Credential=([^,\s]+)/.exec(headers.authorization ?? '')?.[1];
  const credential = signed ?? query.get('X-Amz-Credential');
  const [accessKeyId, , region, service, terminator] = credential?.split('/') ?? [];
  if (!accessKeyId || !region || !service || terminator !== 'aws4_request') return undefined;
  return { accessKeyId, region, service };
}

/** Links in mails are followed without a signature: SNS's own two. */
const unsignedActions: Readonly<Record<string, string>> = { ConfirmSubscription: 'sns', Unsubscribe: 'sns' };

/** The service an unsigned request is for, if it may be unsigned. */
export const unsignedService = (method: string, query: URLSearchParams): string | undefined =>
  method === 'GET' || method === 'POST' ? unsignedActions[query.get('Action') ?? ''] : undefined;
