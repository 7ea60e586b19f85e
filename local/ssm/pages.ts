import { AwsError } from '../http/protocol/aws-error.ts';

export interface Page<T> {
  readonly items: readonly T[];
  readonly NextToken?: string;
}

/** One page of a list; its token is opaque to callers. Throws ValidationException or InvalidNextToken. */
export function pageOf<T>(
  all: readonly T[],
  input: { MaxResults?: unknown; NextToken?: unknown },
  largest: number,
): Page<T> {
  const size = input.MaxResults === undefined ? largest : Number(input.MaxResults);
  if (!Number.isInteger(size) || size < 1 || size > largest) {
    throw new AwsError(
      'ValidationException',
      `1 validation error detected: Value '${input.MaxResults}' at 'maxResults' failed to satisfy constraint: Member must have value between 1 and ${largest}`,
    );
  }
  const start = readToken(input.NextToken);
  const end = start + size;
  const items = all.slice(start, end);
  return end < all.length
    ? { items, NextToken: Buffer.from(`from:${end}`).toString('base64url') }
    : { items };
}

function readToken(token: unknown): number {
  if (token === undefined || token === null) return 0;
  const match = /^from:(\d+)$/.exec(Buffer.from(String(token), 'base64url').toString());
  if (!match) throw new AwsError('InvalidNextToken', `The specified token '${token}' isn't valid.`);
  return Number(match[1]);
}
