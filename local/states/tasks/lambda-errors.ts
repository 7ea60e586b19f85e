import type { InvocationResult } from '../../lambda/invoker.ts';
import type { Json } from '../json.ts';
import { TaskError } from './action.ts';

/** HTTP status codes of the errors of Lambda's Invoke API. */
const statusCodes: Readonly<Record<string, number>> = {
  ResourceNotFoundException: 404,
  TooManyRequestsException: 429,
  InvalidParameterValueException: 400,
  InvalidRequestContentException: 400,
  RequestTooLargeException: 413,
  ResourceConflictException: 409,
  ResourceNotReadyException: 502,
  ServiceException: 500,
  AWSLambdaException: 500,
};

/** An error that Invoke itself answered: `Lambda.<name>`; anything else never reached Lambda: `Lambda.SdkClientException`. */
export function fromInvokeError(thrown: unknown): TaskError {
  const { name, message } = thrown as Error;
  const statusCode = statusCodes[name];
  if (statusCode === undefined) return new TaskError('Lambda.SdkClientException', message);
  const details = `Service: AWSLambda; Status Code: ${statusCode}; Error Code: ${name}; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null`;
  return new TaskError(`Lambda.${name}`, `${message} (${details})`);
}

/** Invoke refused for want of permission: no error that the SDK has a class for, so it carries the service's own name. */
export const accessDenied = (why: string): TaskError =>
  new TaskError(
    'Lambda.AWSLambdaException',
    `${why} (Service: AWSLambda; Status Code: 403; Error Code: AccessDeniedException; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)`,
  );

/** A function error: its errorType names the failure, its payload is the cause. */
export function fromFunctionError({
  errorType,
  payload,
}: Extract<InvocationResult, { kind: 'error' }>): TaskError {
  if (errorType) return new TaskError(errorType, payload);
  return new TaskError(
    'Lambda.Unknown',
    `The cause could not be determined because Lambda did not return an error type. Returned payload: ${payload}`,
  );
}

/** The function's answer as a value; what is not JSON stays text. */
export function payloadOf(payload: string): Json {
  if (payload === '') return null;
  try {
    return JSON.parse(payload) as Json;
  } catch {
    return payload;
  }
}
