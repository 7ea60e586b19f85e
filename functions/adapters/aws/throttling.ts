import { ThrottledError } from '#domain/errors.ts';

const throttlingNames = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
  'Throttling',
  'ThrottledException',
  'TooManyRequestsException',
  'InternalServerError',
  'InternalErrorException',
  'ServiceUnavailable',
  'ServiceUnavailableException',
]);

const statusOf = (error: Error): number =>
  (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode ?? 0;

/** Runs one SDK call; an answer that means "later" becomes ThrottledError, everything else is thrown as it came. */
export async function unlessThrottled<Answer>(service: string, call: () => Promise<Answer>): Promise<Answer> {
  try {
    return await call();
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    if (!throttlingNames.has(error.name) && statusOf(error) < 500 && statusOf(error) !== 429) throw error;
    throw new ThrottledError(`${service} answered "${error.name}"`, { service }, { cause: error });
  }
}
