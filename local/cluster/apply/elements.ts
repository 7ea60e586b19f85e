import type { Json } from '../object.ts';
import { keyOf, type Schema } from '../schema/schema.ts';

/** A part of a value that has its own place in a set of fields. */
export interface Element {
  readonly element: string;
  readonly value: Json;
  readonly schema: Schema;
}

/**
 * The parts of a value that are owned apart from each other, by element; undefined when the value is owned as a whole
 * (a scalar, an atomic list, map or structure, null).
 */
export function elementsOf(value: Json, schema: Schema): Map<string, Element> | undefined {
  if (value === null || typeof value !== 'object') return undefined;
  if (schema.type === 'struct' && !schema.atomic) return fieldsIn(value, (name) => schema.field(name));
  if (schema.type === 'map' && !schema.atomic) return fieldsIn(value, () => schema.values);
  if (schema.type === 'open' && !Array.isArray(value)) return fieldsIn(value, () => schema);
  if (schema.type !== 'list' || schema.relation.kind === 'atomic' || !Array.isArray(value)) return undefined;
  const elements = new Map<string, Element>();
  for (const item of value) {
    const element = itemElement(item, schema);
    if (element !== undefined) elements.set(element, { element, value: item, schema: schema.items });
  }
  return elements;
}

/** How an item of a keyed list or a set is written; undefined when it lacks a key. */
export function itemElement(item: Json, schema: Schema & { type: 'list' }): string | undefined {
  if (schema.relation.kind === 'set') return `v:${JSON.stringify(item)}`;
  if (schema.relation.kind === 'atomic') return undefined;
  const keys = keyOf(item, schema.relation);
  if (keys === undefined) return undefined;
  return `k:${JSON.stringify(Object.fromEntries(Object.entries(keys).sort(([a], [b]) => (a < b ? -1 : 1))))}`;
}

function fieldsIn(value: Json, schemaFor: (name: string) => Schema | undefined): Map<string, Element> {
  const elements = new Map<string, Element>();
  for (const [name, field] of Object.entries(value)) {
    if (field === undefined) continue;
    const element = `f:${name}`;
    elements.set(element, { element, value: field, schema: schemaFor(name) ?? { type: 'any' } });
  }
  return elements;
}
