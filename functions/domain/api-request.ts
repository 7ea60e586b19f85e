type Fields = Readonly<Record<string, string | undefined>>;

/** An HTTP request as API Gateway's REST APIs hand it over (proxy integration, format 1.0): what of it is used. */
export interface ApiRequest {
  readonly httpMethod: string;
  readonly headers: Fields | null;
  readonly pathParameters: Fields | null;
  readonly queryStringParameters: Fields | null;
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
}

/** The answer in the same format. */
export interface ApiResponse {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** A header's value whatever its case; undefined when absent. */
export function headerOf({ headers }: ApiRequest, name: string): string | undefined {
  const found = Object.entries(headers ?? {}).find(([header]) => header.toLowerCase() === name);
  return found?.[1];
}

/** The fields of a form that a browser posted; empty when the body is something else. */
export function formOf(request: ApiRequest): URLSearchParams {
  const type = headerOf(request, 'content-type')?.split(';')[0]?.trim().toLowerCase();
  if (type !== 'application/x-www-form-urlencoded') return new URLSearchParams();
  const { body, isBase64Encoded } = request;
  return new URLSearchParams(
    isBase64Encoded ? Buffer.from(body ?? '', 'base64').toString('utf8') : (body ?? ''),
  );
}

function hostOf(origin: string): string | undefined {
  return URL.canParse(origin) ? new URL(origin).host : undefined;
}

/**
 * True when the browser says that the form stood on this very site. A browser sends `Origin` with each POST; what
 * sends neither header is no browser that shows the form, and is refused.
 */
export function isSameOrigin(request: ApiRequest): boolean {
  const origin = headerOf(request, 'origin');
  const site = headerOf(request, 'sec-fetch-site');
  const host = headerOf(request, 'host')?.toLowerCase();
  if (origin === undefined && site === undefined) return false;
  if (site !== undefined && site !== 'same-origin') return false;
  return origin === undefined || (host !== undefined && hostOf(origin) === host);
}
