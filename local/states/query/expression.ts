import jsonata from 'jsonata';

const cacheSize = 2000;
const cache = new Map<string, jsonata.Expression>();

/** True for a string that Step Functions evaluates: `{% … %}` with nothing around it. */
export function isQuery(value: unknown): value is string {
  return typeof value === 'string' && value.startsWith('{%') && value.endsWith('%}') && value.length >= 4;
}

/** The expression inside `{% … %}`. */
export function queryText(value: string): string {
  return value.slice(2, -2).trim();
}

/** Parses an expression once; throws jsonata's error for a wrong one. */
export function parseQuery(text: string): jsonata.Expression {
  const known = cache.get(text);
  if (known) return known;
  const parsed = jsonata(text);
  // A process that creates machines for ever must not grow for ever; parsing anew is cheap.
  if (cache.size >= cacheSize) cache.clear();
  cache.set(text, parsed);
  return parsed;
}
