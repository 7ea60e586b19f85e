import type { Json } from './object.ts';

/**
 * The values at a path as definitions of custom resources write it: `.status.conditions[?(@.type=="Ready")].status`,
 * `.spec.items[0]`, `.metadata.annotations['a\.b']`.
 */
export function valuesAt(object: Json, path: string): Json[] {
  let values: Json[] = [object];
  for (const step of stepsOf(path))
    values = values.flatMap((value) => step(value)).filter((it) => it !== undefined);
  return values;
}

type Step = (value: Json) => Json[];

const token =
  /\.?\[\?\(@\.([\w.-]+)\s*==\s*["']([^"']*)["']\)\]|\[(\d+|\*)\]|\[["']((?:[^"'\\]|\\.)*)["']\]|\.((?:[^.[\\]|\\.)+)/g;

function stepsOf(path: string): Step[] {
  return [...path.matchAll(token)].map(([, field, wanted, index, quoted, name]) => {
    if (field !== undefined) {
      return (value: Json) =>
        Array.isArray(value) ? value.filter((it) => String(at(it, field)) === wanted) : [];
    }
    if (index === '*') return (value: Json) => (Array.isArray(value) ? value : []);
    if (index !== undefined) return (value: Json) => [value?.[Number(index)]];
    const key = (quoted ?? name ?? '').replace(/\\(.)/g, '$1');
    return (value: Json) => [value?.[key]];
  });
}

function at(value: Json, path: string): Json {
  return path.split('.').reduce((current, name) => current?.[name], value);
}
