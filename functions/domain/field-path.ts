// Field paths as the API server prints them in conflicts: `.spec.template.spec.containers[name="web"].image`. Keys are
// not escaped there, so that `.metadata.annotations.example.com/a.b` can only be read beside the object itself.

/** The object without the field at `path`; undefined when it has no such field. */
export function withoutPath<Root extends object>(root: Root, path: string): Root | undefined {
  const left = remove(root, path);
  return left === absent ? undefined : (left as Root);
}

const absent = Symbol('absent');
const removed = Symbol('removed');

function remove(value: unknown, path: string): unknown {
  if (path === '') return removed;
  if (value === null || typeof value !== 'object') return absent;
  return Array.isArray(value) ? removeItem(value, path) : removeField(value as Fields, path);
}

type Fields = Readonly<Record<string, unknown>>;

function removeField(fields: Fields, path: string): unknown {
  if (!path.startsWith('.')) return absent;
  // The longest key first: one may be the beginning of another.
  const keys = Object.keys(fields)
    .filter((key) => path.startsWith(`.${key}`))
    .sort((a, b) => b.length - a.length);
  for (const key of keys) {
    const left = remove(fields[key], path.slice(key.length + 1));
    if (left === absent) continue;
    const { [key]: _, ...others } = fields;
    if (left !== removed) return { ...fields, [key]: left };
    // A map that holds nothing more would still be declared, and owned, as an empty one.
    return Object.keys(others).length === 0 ? removed : others;
  }
  return absent;
}

function removeItem(list: readonly unknown[], path: string): unknown {
  const index = list.findIndex((item, at) => selectorLength(item, at, path) !== undefined);
  if (index < 0) return absent;
  const rest = path.slice(selectorLength(list[index], index, path));
  const left = remove(list[index], rest);
  if (left === absent) return absent;
  const items = left === removed ? list.toSpliced(index, 1) : list.with(index, left);
  return items.length === 0 ? removed : items;
}

/** How much of `path` selects this item, `[name="web"]`, `[="x"]` or `[0]`; undefined when it does not. */
function selectorLength(item: unknown, index: number, path: string): number | undefined {
  const selectors = [
    `[${index}]`,
    ...(item === null || typeof item !== 'object'
      ? [`[=${JSON.stringify(item)}]`]
      : keySelectors(item, path)),
  ];
  return selectors.find((selector) => path.startsWith(selector))?.length;
}

function keySelectors(item: object, path: string): readonly string[] {
  // A value may hold a bracket itself; the selector's end is the first one outside of quotes.
  const text = /^\[((?:"(?:[^"\\]|\\.)*"|[^\]"])*)\]/.exec(path);
  if (text === null) return [];
  const pairs = [...(text[1] ?? '').matchAll(/([^=,]+)=("(?:[^"\\]|\\.)*"|[^,]*)/g)];
  const fits = pairs.every(([, key = '', value]) => JSON.stringify((item as Fields)[key]) === value);
  return pairs.length > 0 && fits ? [text[0]] : [];
}

/** `.spec.replicas` as the JSON pointer-like `/spec/replicas`, for people: plans speak so of fields. */
export function readablePath(path: string): string {
  return path.startsWith('.') && !path.includes('[') && !path.startsWith('.metadata.')
    ? path.replaceAll('.', '/')
    : path;
}
