import type { Json } from '../object.ts';

/**
 * A set of fields as a tree. Its elements are written as in `fieldsV1`: `f:<name>`, `k:<keys as JSON>`, `v:<value as JSON>`.
 * `member` says that the place itself belongs to the set, apart from what is below it.
 */
export interface Fields {
  member: boolean;
  readonly children: Map<string, Fields>;
}

export function noFields(member = false): Fields {
  return { member, children: new Map() };
}

export function isEmpty(fields: Fields): boolean {
  return !fields.member && fields.children.size === 0;
}

export function childOf(fields: Fields, element: string): Fields {
  let child = fields.children.get(element);
  if (child === undefined) {
    child = noFields();
    fields.children.set(element, child);
  }
  return child;
}

export function union(left: Fields, right: Fields): Fields {
  const result = noFields(left.member || right.member);
  for (const element of new Set([...left.children.keys(), ...right.children.keys()])) {
    const one = left.children.get(element);
    const other = right.children.get(element);
    result.children.set(element, one && other ? union(one, other) : ((one ?? other) as Fields));
  }
  return result;
}

export function difference(left: Fields, right: Fields): Fields {
  const result = noFields(left.member && !right.member);
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    const rest = other === undefined ? child : difference(child, other);
    if (!isEmpty(rest)) result.children.set(element, rest);
  }
  return result;
}

export function intersection(left: Fields, right: Fields): Fields {
  const result = noFields(left.member && right.member);
  for (const [element, child] of left.children) {
    const other = right.children.get(element);
    if (other === undefined) continue;
    const common = intersection(child, other);
    if (!isEmpty(common)) result.children.set(element, common);
  }
  return result;
}

/** `fields` without everything at or below a place of `removed`. */
export function withoutBelow(fields: Fields, removed: Fields): Fields {
  if (removed.member) return noFields();
  const result = noFields(fields.member);
  for (const [element, child] of fields.children) {
    const other = removed.children.get(element);
    const rest = other === undefined ? child : withoutBelow(child, other);
    if (!isEmpty(rest)) result.children.set(element, rest);
  }
  return result;
}

/** The set as `fieldsV1` writes it, its elements sorted. */
export function toFieldsV1(fields: Fields): Json {
  const result: Json = {};
  if (fields.member && fields.children.size > 0) result['.'] = {};
  for (const element of [...fields.children.keys()].sort()) {
    result[element] = toFieldsV1(fields.children.get(element) as Fields);
  }
  return result;
}

export function fromFieldsV1(json: Json, isRoot = true): Fields {
  const elements = Object.keys(json ?? {});
  const fields = noFields(!isRoot && (elements.length === 0 || elements.includes('.')));
  for (const element of elements) {
    if (element !== '.') fields.children.set(element, fromFieldsV1(json[element], false));
  }
  return fields;
}

/** Each place of the set as a path: `.spec.containers[name="c"].image`. */
export function paths(fields: Fields, prefix = ''): string[] {
  const found = fields.member ? [prefix] : [];
  for (const element of [...fields.children.keys()].sort()) {
    found.push(...paths(fields.children.get(element) as Fields, prefix + pathElement(element)));
  }
  return found;
}

export function pathElement(element: string): string {
  const rest = element.slice(2);
  if (element.startsWith('f:')) return `.${rest}`;
  if (element.startsWith('v:')) return `[=${rest}]`;
  const keys = Object.entries(JSON.parse(rest) as Record<string, unknown>);
  return `[${keys.map(([key, value]) => `${key}=${JSON.stringify(value)}`).join(',')}]`;
}
