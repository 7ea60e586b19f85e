import { AwsError } from '../http/protocol/aws-error.ts';

/** An error as DynamoDB names it, with its Java package. */
export const dynamoError = (code: string, message: string, members: Record<string, unknown> = {}): AwsError =>
  new AwsError(code, message, {
    members: { __type: `com.amazonaws.dynamodb.v20120810#${code}`, ...members },
  });

export const validationError = (message: string): AwsError =>
  new AwsError('ValidationException', message, {
    members: { __type: 'com.amazon.coral.validate#ValidationException' },
  });

/** Why one item stopped a transaction; `None` for those that did not. */
export interface CancellationReason {
  readonly Code: 'None' | 'ConditionalCheckFailed' | 'ValidationError';
  readonly Message?: string;
  readonly Item?: unknown;
}

export const transactionCanceled = (reasons: readonly CancellationReason[]): AwsError => {
  const message = `Transaction cancelled, please refer cancellation reasons for specific reasons [${reasons.map(({ Code }) => Code).join(', ')}]`;
  return dynamoError('TransactionCanceledException', message, {
    Message: message,
    CancellationReasons: reasons,
  });
};
