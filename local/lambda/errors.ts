/** An error that Lambda's API answers instead of invoking; its name is the API's. */
export class LambdaServiceError extends Error {
  override readonly name: string;
  readonly status: number;
  readonly members: Readonly<Record<string, string>>;

  constructor(name: string, status: number, message: string, members: Readonly<Record<string, string>> = {}) {
    super(message);
    this.name = name;
    this.status = status;
    this.members = members;
  }
}

export const functionNotFound = (arn: string): LambdaServiceError =>
  new LambdaServiceError('ResourceNotFoundException', 404, `Function not found: ${arn}`, { Type: 'User' });

/** Which limit refused an invocation, by the names of Lambda's `Reason` member. */
export type ThrottleReason =
  | 'ReservedFunctionConcurrentInvocationLimitExceeded'
  | 'ConcurrentInvocationLimitExceeded';

export const tooManyRequests = (reason: ThrottleReason): LambdaServiceError =>
  new LambdaServiceError('TooManyRequestsException', 429, 'Rate Exceeded.', { Reason: reason, Type: 'User' });

const payloadTooLarge = (bytes: number, limit: number): LambdaServiceError => {
  const type = limit === payloadLimits.synchronous ? 'RequestResponse' : 'Event';
  const message = `${bytes} byte payload is too large for the ${type} invocation type (limit ${limit} bytes)`;
  return new LambdaServiceError('RequestTooLargeException', 413, message, { Type: 'User' });
};

/** Bytes. https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
export const payloadLimits = {
  synchronous: 6_291_456,
  asynchronous: 1_048_576,
  response: 6_291_556,
} as const;

export function requireSize(payload: string, limit: number): void {
  const bytes = Buffer.byteLength(payload);
  if (bytes > limit) throw payloadTooLarge(bytes, limit);
}
