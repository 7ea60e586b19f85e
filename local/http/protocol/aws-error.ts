/** An error as AWS names it; each protocol has its own way to write it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly code: string;
  readonly status: number;
  /** Further members of the error body, by their wire names. */
  readonly members: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    options: { status?: number; members?: Record<string, unknown> } = {},
  ) {
    super(message);
    this.code = code;
    this.status = options.status ?? 400;
    this.members = options.members ?? {};
  }
}

/** The answer to an operation that the laptop cloud does not know. 501 is not retried by the SDKs. */
export const unknownOperation = (service: string, operation: string): AwsError =>
  new AwsError(
    'NotImplemented',
    `Operation '${operation}' of service '${service}' is not implemented by the laptop cloud`,
    {
      status: 501,
    },
  );

/** Something an operation was asked for that the laptop cloud cannot do; never ignored, always refused. */
export const unsupported = (service: string, what: string): AwsError =>
  new AwsError('NotImplemented', `${what} is not implemented by the laptop cloud's '${service}'`, {
    status: 501,
  });
