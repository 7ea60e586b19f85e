import { randomUUID } from 'node:crypto';
import type { AwsResponse } from '../service.ts';
import type { AwsError } from './aws-error.ts';

/** An answer of a REST-JSON service (EKS, Lambda). */
export const restJsonAnswer = (status: number, value: unknown): AwsResponse => ({
  status,
  headers: { 'content-type': 'application/json', 'x-amzn-requestid': randomUUID() },
  body: JSON.stringify(value),
});

/** An error as the REST-JSON protocol writes it: the code is a header. */
export function restJsonError(error: AwsError): AwsResponse {
  const answer = restJsonAnswer(error.status, { message: error.message, ...error.members });
  return { ...answer, headers: { ...answer.headers, 'x-amzn-errortype': error.code } };
}
