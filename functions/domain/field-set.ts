/** Which fields somebody owns, in the server's own form (FieldsV1): `f:name`, `k:{"name":"web"}`, `v:"x"`; `.` is the thing itself. */
export interface FieldSet {
  readonly [key: string]: FieldSet;
}

/** One entry of `metadata.managedFields`. */
export interface ManagedFieldsEntry {
  readonly manager: string;
  readonly operation: 'Apply' | 'Update';
  readonly apiVersion?: string;
  readonly time?: string;
  readonly fieldsType?: string;
  readonly fieldsV1?: FieldSet;
  readonly subresource?: string;
}

/** All that two sets hold. */
export function unionOf(a: FieldSet, b: FieldSet): FieldSet {
  const merged: Record<string, FieldSet> = { ...a };
  for (const [key, below] of Object.entries(b)) {
    const known = merged[key];
    if (known === undefined) merged[key] = below;
    // A leaf stands for itself: beside fields below it, that has to be said.
    else merged[key] = unionOf(asParent(known, below), asParent(below, known));
  }
  return merged;
}

const itself = '.';

function asParent(set: FieldSet, other: FieldSet): FieldSet {
  return isLeaf(set) && !isLeaf(other) ? { [itself]: {} } : set;
}

function isLeaf(set: FieldSet): boolean {
  return Object.keys(set).length === 0;
}

/** True when the set holds the field itself, not only fields below it. Keys as in `['f:spec', 'f:replicas']`. */
export function ownsField(set: FieldSet | undefined, keys: readonly string[]): boolean {
  const reached = keys.reduce<FieldSet | undefined>((below, key) => below?.[key], set);
  return reached !== undefined && (isLeaf(reached) || itself in reached);
}

/** True when the set holds the field, something below it, or all that contains it as one. */
export function touchesField(set: FieldSet | undefined, keys: readonly string[]): boolean {
  let below = set;
  for (const key of keys) {
    const next: FieldSet | undefined = below?.[key];
    if (next === undefined) return false;
    if (isLeaf(next)) return true;
    below = next;
  }
  return below !== undefined;
}

const gone = Symbol('gone');

/**
 * `value` without the fields that `dropped` holds and `kept` does not: what server-side apply takes away when the only
 * owner of a field declares it no more.
 */
export function withoutFields(value: unknown, dropped: FieldSet, kept: FieldSet): unknown {
  // At the root an empty set holds nothing; below it, it holds all of its field.
  if (isLeaf(dropped)) return value;
  const left = strip(value, dropped, isLeaf(kept) ? undefined : kept);
  return left === gone ? undefined : left;
}

function strip(value: unknown, dropped: FieldSet, kept: FieldSet | undefined): unknown {
  if (kept === undefined && (isLeaf(dropped) || itself in dropped)) return gone;
  if (isLeaf(dropped) || (kept !== undefined && isLeaf(kept))) return value;
  if (Array.isArray(value)) return stripList(value, dropped, kept);
  if (value === null || typeof value !== 'object') return value;
  const fields = Object.entries(value).flatMap(([name, field]): [string, unknown][] => {
    const below = dropped[`f:${name}`];
    const left = below === undefined ? field : strip(field, below, kept?.[`f:${name}`]);
    return left === gone ? [] : [[name, left]];
  });
  return fields.length === 0 && Object.keys(value).length > 0 ? gone : Object.fromEntries(fields);
}

function stripList(list: readonly unknown[], dropped: FieldSet, kept: FieldSet | undefined): unknown {
  const left = list.flatMap((item) => {
    const key = Object.keys(dropped).find((candidate) => isItem(item, candidate));
    if (key === undefined) return [item];
    const rest = strip(item, dropped[key] ?? {}, kept?.[key]);
    return rest === gone ? [] : [rest];
  });
  return left.length === 0 && list.length > 0 ? gone : left;
}

function isItem(item: unknown, key: string): boolean {
  if (key.startsWith('v:')) return JSON.stringify(item) === key.slice(2);
  if (!key.startsWith('k:') || item === null || typeof item !== 'object') return false;
  const wanted = Object.entries(JSON.parse(key.slice(2)) as Record<string, unknown>);
  return wanted.every(([name, value]) => (item as Record<string, unknown>)[name] === value);
}

/** What of `value` the set holds, list items with the keys that they go by. */
export function onlyFields(value: unknown, set: FieldSet): unknown {
  if (isLeaf(set) || value === null || typeof value !== 'object') return value;
  if (Array.isArray(value)) {
    return value.flatMap((item) => {
      const key = Object.keys(set).find((candidate) => isItem(item, candidate));
      if (key === undefined) return [];
      const names = key.startsWith('k:') ? JSON.parse(key.slice(2)) : {};
      const held = onlyFields(item, set[key] ?? {});
      return [item !== null && typeof item === 'object' ? { ...names, ...(held as object) } : held];
    });
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([name, field]) => {
      const below = set[`f:${name}`];
      return below === undefined ? [] : [[name, onlyFields(field, below)]];
    }),
  );
}

/** The keys under which a set may hold the leaf at a JSON pointer of `root`: list items go by their own keys. */
export function fieldKeys(root: unknown, pointer: string, set: FieldSet): readonly string[] {
  let value = root;
  let below: FieldSet | undefined = set;
  const keys: string[] = [];
  for (const token of pointer.split('/').slice(1)) {
    const name = token.replaceAll('~1', '/').replaceAll('~0', '~');
    const item: unknown = (value as Record<string, unknown> | undefined)?.[name];
    const key: string = Array.isArray(value)
      ? (Object.keys(below ?? {}).find((candidate) => isItem(item, candidate)) ?? `i:${name}`)
      : `f:${name}`;
    keys.push(key);
    below = below?.[key];
    value = item;
  }
  return keys;
}
