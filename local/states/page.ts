import { StatesApiError } from './api-error.ts';

export interface PageRequest {
  readonly maxResults?: number;
  readonly nextToken?: string;
}

export interface Page<T> {
  readonly items: readonly T[];
  readonly nextToken?: string;
}

/**
 * One page of a list. `keyOf` gives each item's place, growing along the list, so that a page begins after the last
 * one's end even when items were added meanwhile. Throws `InvalidToken` for a token it did not make.
 */
export function pageOf<T>(
  items: readonly T[],
  keyOf: (item: T) => number,
  { maxResults = 100, nextToken }: PageRequest,
): Page<T> {
  const size = maxResults === 0 ? 100 : Math.min(maxResults, 1000);
  const after = nextToken === undefined ? Number.NEGATIVE_INFINITY : readToken(nextToken);
  const rest = items.filter((item) => keyOf(item) > after);
  const page = rest.slice(0, size);
  const last = page.at(-1);
  if (rest.length <= size || last === undefined) return { items: page };
  return { items: page, nextToken: Buffer.from(`page:${keyOf(last)}`).toString('base64') };
}

function readToken(token: string): number {
  const [, key] = /^page:(-?\d+)$/.exec(Buffer.from(token, 'base64').toString()) ?? [];
  if (key === undefined) throw new StatesApiError('InvalidToken', `Invalid Token: '${token}'`);
  return Number(key);
}
