import { type Json, sameJson } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { type Element, elementsOf } from './elements.ts';
import { childOf, type Fields, isEmpty, noFields } from './fields.ts';

/** Fields in which two versions of an object differ. */
export interface Comparison {
  readonly added: Fields;
  readonly modified: Fields;
  readonly removed: Fields;
}

/**
 * Places that exist in every object, as they are plain values in Kubernetes' own types, so that writing below them does
 * not make the writer own them.
 */
const alwaysPresent = new Set([
  'f:metadata',
  'f:spec',
  'f:status',
  'f:template',
  'f:strategy',
  'f:containers',
  'f:loadBalancer',
  'f:roleRef',
]);

export function compare(before: Json, after: Json, schema: Schema): Comparison {
  const comparison = { added: noFields(), modified: noFields(), removed: noFields() };
  walk(before ?? {}, after ?? {}, schema, comparison);
  for (const fields of [comparison.added, comparison.modified, comparison.removed]) drop(fields);
  return comparison;
}

function walk(before: Json, after: Json, schema: Schema, into: Comparison): void {
  const old = elementsOf(before, schema);
  const now = elementsOf(after, schema);
  if (old === undefined || now === undefined) {
    if (sameJson(before, after)) return;
    if (now === undefined && old === undefined) into.modified.member = true;
    else if (now !== undefined) addAll(after, schema, into.added);
    else into.modified.member = true;
    return;
  }
  for (const element of new Set([...old.keys(), ...now.keys()])) {
    const place: Comparison = {
      added: childOf(into.added, element),
      modified: childOf(into.modified, element),
      removed: childOf(into.removed, element),
    };
    const oldPart = old.get(element);
    const newPart = now.get(element);
    if (oldPart !== undefined && newPart !== undefined) {
      walk(oldPart.value, newPart.value, newPart.schema, place);
    } else if (newPart !== undefined) {
      add(newPart, place.added);
    } else if (oldPart !== undefined) {
      add(oldPart, place.removed);
    }
  }
}

function add(part: Element, into: Fields): void {
  const parts = elementsOf(part.value, part.schema);
  if (parts === undefined || parts.size === 0 || !alwaysPresent.has(part.element)) into.member = true;
  addAll(part.value, part.schema, into);
}

function addAll(value: Json, schema: Schema, into: Fields): void {
  for (const part of elementsOf(value, schema)?.values() ?? []) add(part, childOf(into, part.element));
}

/** Takes away the places that were opened and stayed empty. */
function drop(fields: Fields): void {
  for (const [element, child] of fields.children) {
    drop(child);
    if (isEmpty(child)) fields.children.delete(element);
  }
}
