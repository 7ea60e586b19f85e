import { ApiError, badRequest } from '../errors.ts';
import { type Json, sameJson } from '../object.ts';

interface Operation {
  readonly op: string;
  readonly path: string;
  readonly from?: string;
  readonly value?: Json;
}

/** RFC 6902; the document is copied, not changed. */
export function jsonPatch(document: Json, operations: readonly Operation[]): Json {
  if (!Array.isArray(operations))
    throw badRequest('error decoding patch: a JSON Patch is a list of operations');
  return operations.reduce((current, operation) => step(current, operation), structuredClone(document));
}

function step(document: Json, { op, path, from, value }: Operation): Json {
  switch (op) {
    case 'add':
      return set(document, path, structuredClone(value), 'add');
    case 'replace':
      read(document, path, op);
      return set(document, path, structuredClone(value), 'replace');
    case 'remove':
      return remove(document, path);
    case 'test':
      if (!sameJson(lookup(document, path), value)) throw unprocessable(`testing value ${path} failed`);
      return document;
    case 'copy':
      return set(document, path, structuredClone(read(document, from ?? '', op)), 'add');
    case 'move': {
      const moved = read(document, from ?? '', op);
      return set(remove(document, from ?? ''), path, moved, 'add');
    }
    default:
      throw badRequest(`error decoding patch: unexpected kind: ${op}`);
  }
}

function unprocessable(message: string): ApiError {
  return new ApiError(
    422,
    'Invalid',
    `the server rejected our request due to an error in our request: ${message}`,
  );
}

function tokens(path: string): string[] {
  return path
    .split('/')
    .slice(1)
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'));
}

function lookup(document: Json, path: string): Json {
  return tokens(path).reduce((value, token) => value?.[token], document);
}

function read(document: Json, path: string, op: string): Json {
  const value = lookup(document, path);
  if (value === undefined) {
    throw unprocessable(`${op} operation does not apply: doc is missing path: ${path}: missing value`);
  }
  return value;
}

function set(document: Json, path: string, value: Json, how: 'add' | 'replace'): Json {
  const steps = tokens(path);
  const last = steps.pop();
  if (last === undefined) return value;
  const holder = steps.reduce((current, token) => current?.[token], document);
  if (holder === undefined || holder === null || typeof holder !== 'object') {
    throw unprocessable(`${how} operation does not apply: doc is missing path: ${path}: missing value`);
  }
  if (!Array.isArray(holder)) holder[last] = value;
  else if (how === 'replace') holder[Number(last)] = value;
  else holder.splice(last === '-' ? holder.length : Number(last), 0, value);
  return document;
}

function remove(document: Json, path: string): Json {
  read(document, path, 'remove');
  const steps = tokens(path);
  const last = steps.pop() ?? '';
  const holder = steps.reduce((current, token) => current[token], document);
  if (Array.isArray(holder)) holder.splice(Number(last), 1);
  else delete holder[last];
  return document;
}
