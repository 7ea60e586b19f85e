import { accountId } from '../identity.ts';
import type { RestApiModel } from '../template/application.ts';
import { suffix } from '../template/names.ts';
import type { MatchedRoute } from './routing.ts';

/** One request to a stage, as it came in. */
export interface StageRequest {
  readonly method: string;
  /** Below the stage, still percent-encoded, beginning with `/`. */
  readonly path: string;
  readonly query: URLSearchParams;
  /** Names and values in turns, as Node keeps them. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  readonly sourceIp: string;
  readonly requestId: string;
  readonly extendedRequestId: string;
  readonly receivedAt: number;
}

/** The event that a REST API's proxy integration hands to its function (payload version 1.0). */
export function proxyEvent(api: RestApiModel, matched: MatchedRoute, request: StageRequest): object {
  const headers = collect(pairs(request.rawHeaders));
  const query = collect([...request.query]);
  const isText = !isBinary(api, lastOf(headers, 'content-type'));
  const hasBody = request.body.length > 0;
  return {
    resource: matched.route.path,
    path: decode(request.path),
    httpMethod: request.method,
    headers: lasts(headers),
    multiValueHeaders: headers,
    queryStringParameters: orNull(lasts(query)),
    multiValueQueryStringParameters: orNull(query),
    pathParameters: orNull(
      Object.fromEntries(
        Object.entries(matched.pathParameters).map(([name, value]) => [name, decode(value)]),
      ),
    ),
    stageVariables: orNull(api.stageVariables),
    requestContext: requestContext(api, matched, request, headers),
    body: hasBody ? request.body.toString(isText ? 'utf8' : 'base64') : null,
    isBase64Encoded: hasBody && !isText,
  };
}

function requestContext(
  api: RestApiModel,
  matched: MatchedRoute,
  request: StageRequest,
  headers: Readonly<Record<string, readonly string[]>>,
): object {
  const domainName = lastOf(headers, 'host') ?? '';
  return {
    resourceId: suffix(6, 'resource', api.id, matched.route.path).toLowerCase(),
    resourcePath: matched.route.path,
    httpMethod: request.method,
    extendedRequestId: request.extendedRequestId,
    requestTime: requestTime(request.receivedAt),
    path: `/${api.stageName}${decode(request.path)}`,
    accountId,
    protocol: 'HTTP/1.1',
    stage: api.stageName,
    domainPrefix: domainName.split('.')[0],
    requestTimeEpoch: request.receivedAt,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: lastOf(headers, 'user-agent') ?? null,
      user: null,
    },
    domainName,
    deploymentId: suffix(6, 'deployment', api.id).toLowerCase(),
    apiId: api.id,
  };
}

const pairs = (raw: readonly string[]): readonly (readonly [string, string])[] =>
  raw.flatMap((name, index) => (index % 2 === 0 ? [[name, raw[index + 1] ?? ''] as const] : []));

function collect(entries: readonly (readonly [string, string])[]): Record<string, string[]> {
  const found: Record<string, string[]> = {};
  for (const [name, value] of entries) {
    const values = found[name] ?? [];
    values.push(value);
    found[name] = values;
  }
  return found;
}

const lasts = (values: Readonly<Record<string, readonly string[]>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

const lastOf = (headers: Readonly<Record<string, readonly string[]>>, name: string): string | undefined =>
  Object.entries(headers)
    .find(([key]) => key.toLowerCase() === name)?.[1]
    .at(-1);

const orNull = <T extends object>(value: T): T | null => (Object.keys(value).length === 0 ? null : value);

/** A path that is not valid percent-encoding is passed on as it came. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

export function isBinary(api: RestApiModel, contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  return api.binaryMediaTypes.some((accepted) => {
    if (accepted === '*/*') return true;
    return accepted.endsWith('/*') ? type.startsWith(accepted.slice(0, -1)) : accepted === type;
  });
}

const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];

/** As in Apache's common log format: `20/Nov/2026:09:30:00 +0000`. */
function requestTime(milliseconds: number): string {
  const [date = '', time = ''] = new Date(milliseconds).toISOString().split('T');
  const [year, month, day] = date.split('-');
  return `${day}/${months[Number(month) - 1]}/${year}:${time.slice(0, 8)} +0000`;
}
