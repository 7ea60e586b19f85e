import type { Json } from '../object.ts';
import type { Schema } from '../schema/schema.ts';
import { elementsOf } from './elements.ts';
import { childOf, type Fields, noFields } from './fields.ts';

/**
 * The fields that an applied configuration declares. Items of keyed lists, members of sets, entries of maps and empty
 * structures are members themselves; named fields only through what they hold. Source: structured-merge-diff.
 */
export function declaredFields(value: Json, schema: Schema): Fields {
  const fields = noFields();
  declare(value, schema, fields);
  fields.member = false;
  return fields;
}

function declare(value: Json, schema: Schema, fields: Fields): void {
  const elements = elementsOf(value, schema);
  if (elements === undefined) {
    fields.member = true;
    return;
  }
  if (elements.size === 0 && schema.type !== 'list') fields.member = true;
  for (const { element, value: part, schema: partSchema } of elements.values()) {
    const child = childOf(fields, element);
    if (!element.startsWith('f:') || schema.type === 'map') child.member = true;
    declare(part, partSchema, child);
  }
}

const unowned: Readonly<Record<string, ReadonlySet<string>>> = {
  '': new Set(['f:apiVersion', 'f:kind', 'f:metadata']),
  'f:metadata': new Set([
    'f:name',
    'f:namespace',
    'f:uid',
    'f:resourceVersion',
    'f:creationTimestamp',
    'f:deletionTimestamp',
    'f:deletionGracePeriodSeconds',
    'f:generation',
    'f:managedFields',
    'f:selfLink',
    'f:generateName',
  ]),
};

/** The set without what nobody owns: an object's identity and what the server keeps about it. */
export function ownable(fields: Fields): Fields {
  const result = noFields();
  for (const [element, child] of fields.children) {
    if (element === 'f:metadata') {
      const metadata = noFields();
      for (const [name, field] of child.children) {
        if (!unowned['f:metadata']?.has(name)) metadata.children.set(name, field);
      }
      if (metadata.children.size > 0) result.children.set(element, metadata);
    } else if (!unowned['']?.has(element)) {
      result.children.set(element, child);
    }
  }
  return result;
}
