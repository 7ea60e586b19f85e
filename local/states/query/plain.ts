import type { Json } from '../json.ts';

/** A JSONata result that is no JSON value: a function, a regular expression, NaN. */
export class UnsupportedResult extends Error {
  override readonly name = 'UnsupportedResult';
}

/** Copies a JSONata result into plain JSON: its sequences carry extra properties and share parts of their inputs. */
export function toPlain(value: unknown): Json {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new UnsupportedResult(`the number '${value}' has no JSON form`);
    return value;
  }
  if (Array.isArray(value)) return value.map((item) => (item === undefined ? null : toPlain(item)));
  if (typeof value !== 'object') throw new UnsupportedResult(`a ${typeof value} has no JSON form`);
  if ('_jsonata_lambda' in value || '_jsonata_function' in value)
    throw new UnsupportedResult('a function has no JSON form');
  const members = Object.entries(value).filter(([, item]) => item !== undefined);
  return Object.fromEntries(members.map(([key, item]) => [key, toPlain(item)]));
}
