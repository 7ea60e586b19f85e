import type { Json } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { itemElement } from './elements.ts';
import { type Fields, isEmpty, noFields } from './fields.ts';

/** The live value with an applied configuration merged into it; neither is changed. */
export function merge(live: Json, applied: Json, schema: Schema): Json {
  if (applied === undefined) return live;
  if (live === undefined || live === null || applied === null) return applied;
  if (schema.type === 'struct' && !schema.atomic) {
    return mergeFields(live, applied, (name) => schema.field(name));
  }
  if (schema.type === 'map' && !schema.atomic) return mergeFields(live, applied, () => schema.values);
  if (schema.type === 'open' && isMap(live) && isMap(applied))
    return mergeFields(live, applied, () => schema);
  if (schema.type === 'list' && schema.relation.kind !== 'atomic') return mergeItems(live, applied, schema);
  return applied;
}

function mergeFields(live: Json, applied: Json, schemaFor: (name: string) => Schema | undefined): Json {
  const result = { ...live };
  for (const [name, value] of Object.entries(applied)) {
    result[name] = merge(live[name], value, schemaFor(name) ?? { type: 'any' });
  }
  return result;
}

/**
 * The items of both lists. Shared ones come in the order in which they were applied; items that only the live list has stay
 * where they are among them, before applied ones that are new. Source: structured-merge-diff's merging walker.
 */
function mergeItems(live: Json, applied: Json, schema: Schema & { type: 'list' }): Json {
  const elementsIn = (items: Json[]) => items.map((item) => itemElement(item, schema) ?? '');
  const liveElements = elementsIn(live);
  const appliedElements = elementsIn(applied);
  const liveItems = new Map<string, Json>(liveElements.map((element, index) => [element, live[index]]));
  const shared = appliedElements.filter((element) => liveItems.has(element));
  const merged = new Set<string>();
  const result: Json[] = [];
  let next = 0;
  const take = () => {
    const element = appliedElements[next] ?? '';
    merged.add(element);
    if (shared[0] === element) shared.shift();
    result.push(merge(liveItems.get(element), applied[next], schema.items));
    next++;
  };
  for (const [index, element] of liveElements.entries()) {
    if (!appliedElements.includes(element)) result.push(live[index]);
    else if (!merged.has(element) && shared[0] === element) while (!merged.has(element)) take();
  }
  while (next < applied.length) take();
  return result;
}

/**
 * `value` without the fields in `dropped` that nobody in `kept` owns. What the dropping owner declared as a whole (an item,
 * an entry, a leaf) goes with all it holds; a named field stays while something unowned is in it.
 */
export function prune(value: Json, schema: Schema, dropped: Fields, kept: Fields): Json {
  if (value === null || typeof value !== 'object') return value;
  if (schema.type === 'struct' && !schema.atomic) {
    return pruneFields(value, dropped, kept, (name) => schema.field(name));
  }
  if (schema.type === 'map' && !schema.atomic) return pruneFields(value, dropped, kept, () => schema.values);
  if (schema.type === 'open' && !Array.isArray(value)) return pruneFields(value, dropped, kept, () => schema);
  if (schema.type !== 'list' || schema.relation.kind === 'atomic') return value;
  const items: Json[] = [];
  for (const item of value) {
    const element = itemElement(item, schema) ?? '';
    const fields = dropped.children.get(element);
    const owned = kept.children.get(element);
    if (fields === undefined) items.push(item);
    else if (owned !== undefined && !isEmpty(owned)) items.push(prune(item, schema.items, fields, owned));
    else if (!fields.member) items.push(prune(item, schema.items, fields, noFields()));
  }
  return items;
}

function pruneFields(
  value: Json,
  dropped: Fields,
  kept: Fields,
  schemaFor: (name: string) => Schema | undefined,
): Json {
  const result: Json = {};
  for (const [name, field] of Object.entries(value)) {
    const fields = dropped.children.get(`f:${name}`);
    const owned = kept.children.get(`f:${name}`);
    if (fields === undefined) {
      result[name] = field;
    } else if (owned !== undefined && !isEmpty(owned)) {
      result[name] = prune(field, schemaFor(name) ?? { type: 'any' }, fields, owned);
    } else if (!fields.member) {
      const rest = prune(field, schemaFor(name) ?? { type: 'any' }, fields, noFields());
      if (!isHollow(rest)) result[name] = rest;
    }
  }
  return result;
}

function isMap(value: Json): boolean {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isHollow(value: Json): boolean {
  return typeof value === 'object' && value !== null && Object.keys(value).length === 0;
}
