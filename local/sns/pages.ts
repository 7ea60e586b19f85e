import { invalidParameter } from './errors.ts';

/** One page of a list whose size is the service's own. Throws InvalidParameter for a token it did not give. */
export function pageByToken<T>(
  all: readonly T[],
  token: string | null,
  size: number,
): { items: readonly T[]; NextToken: string | undefined } {
  const start = token === null ? 0 : Number(Buffer.from(token, 'base64url').toString());
  if (!Number.isInteger(start) || start < 0 || token === '') throw invalidParameter(`NextToken '${token}'`);
  const end = start + size;
  return {
    items: all.slice(start, end),
    NextToken: end < all.length ? Buffer.from(String(end)).toString('base64url') : undefined,
  };
}
