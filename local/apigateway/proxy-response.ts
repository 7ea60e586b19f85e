/** What goes back to the client. */
export interface StageResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[]>>;
  readonly body: string | Buffer;
}

/** API Gateway's own answers, by what went wrong. */
export const gatewayAnswers = {
  missingAuthenticationToken: own(403, 'MissingAuthenticationTokenException', 'Missing Authentication Token'),
  forbidden: own(403, 'ForbiddenException', 'Forbidden'),
  tooManyRequests: own(429, 'TooManyRequestsException', 'Too Many Requests'),
  requestTooLong: own(413, 'RequestTooLongException', 'Request Too Long'),
  malformedResponse: own(502, 'InternalServerErrorException', 'Internal server error'),
  integrationFailure: own(500, 'InternalServerErrorException', 'Internal server error'),
  timedOut: own(504, 'InternalServerErrorException', 'Endpoint request timed out'),
} as const;

function own(status: number, errorType: string, message: string): StageResponse {
  return {
    status,
    headers: { 'Content-Type': 'application/json', 'x-amzn-ErrorType': errorType },
    body: JSON.stringify({ message }),
  };
}

/** A function's answer as an HTTP response; one that is not in the proxy format becomes a 502. */
export function proxyResponse(payload: string): StageResponse {
  const answer: unknown = JSON.parse(payload);
  if (!isRecord(answer)) return gatewayAnswers.malformedResponse;
  const {
    statusCode,
    headers = {},
    multiValueHeaders = {},
    body,
    isBase64Encoded = false,
    ...others
  } = answer;
  const status = Number(statusCode);
  const isWellFormed =
    Number.isInteger(status) &&
    status >= 100 &&
    status < 600 &&
    isHeaders(headers) &&
    isMultiValueHeaders(multiValueHeaders) &&
    (body === undefined || body === null || typeof body === 'string') &&
    typeof isBase64Encoded === 'boolean' &&
    Object.keys(others).length === 0;
  if (!isWellFormed) return gatewayAnswers.malformedResponse;
  const text = typeof body === 'string' ? body : '';
  return {
    status,
    headers: mergeHeaders(headers ?? {}, multiValueHeaders ?? {}),
    body: isBase64Encoded ? Buffer.from(text, 'base64') : text,
  };
}

type Headers = Readonly<Record<string, string | number | boolean>> | null;
type MultiValueHeaders = Readonly<Record<string, readonly string[]>> | null;

const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const isHeaders = (value: unknown): value is Headers =>
  value === null || (isRecord(value) && Object.values(value).every((item) => typeof item !== 'object'));
const isMultiValueHeaders = (value: unknown): value is MultiValueHeaders =>
  value === null || (isRecord(value) && Object.values(value).every((item) => Array.isArray(item)));

/** Both kinds of headers together; of a name in both, the values of the second kind stand. */
function mergeHeaders(
  headers: NonNullable<Headers>,
  multiValueHeaders: NonNullable<MultiValueHeaders>,
): StageResponse['headers'] {
  const merged = new Map<string, readonly [name: string, value: string | readonly string[]]>([
    ['content-type', ['Content-Type', 'application/json']],
  ]);
  for (const [name, value] of Object.entries(headers)) merged.set(name.toLowerCase(), [name, String(value)]);
  for (const [name, values] of Object.entries(multiValueHeaders)) {
    merged.set(name.toLowerCase(), [name, values.map(String)]);
  }
  return Object.fromEntries(merged.values());
}
