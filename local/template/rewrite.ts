/**
 * The same value with strings replaced inside every string of it.
 * A template computes AWS addresses (`https://<api>.execute-api.<region>.amazonaws.com`); on a laptop these become loopback addresses.
 */
export function rewriteStrings<T>(
  value: T,
  replacements: readonly (readonly [from: string, to: string])[],
): T {
  if (replacements.length === 0) return value;
  return rewrite(value, replacements) as T;
}

function rewrite(value: unknown, replacements: readonly (readonly [string, string])[]): unknown {
  if (typeof value === 'string') {
    return replacements.reduce((text, [from, to]) => text.replaceAll(from, to), value);
  }
  if (Array.isArray(value)) return value.map((item) => rewrite(item, replacements));
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, rewrite(item, replacements)]));
}
