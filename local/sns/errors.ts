import { AwsError } from '../http/protocol/aws-error.ts';

export const invalidParameter = (what: string): AwsError =>
  new AwsError('InvalidParameter', `Invalid parameter: ${what}`);
export const notFound = (what: string): AwsError =>
  new AwsError('NotFound', `${what} does not exist`, { status: 404 });
export const notAuthorized = (): AwsError =>
  new AwsError('AuthorizationError', 'Only the owner of the topic or of the subscription can do this', {
    status: 403,
  });
