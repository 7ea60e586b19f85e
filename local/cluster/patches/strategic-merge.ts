import { type Json, sameJson } from '../object.ts';
import type { Schema } from '../schema/schema.ts';

/**
 * A strategic merge patch: like a merge patch, but keyed lists are merged by their first key and the patch may carry the
 * directives `$patch`, `$retainKeys`, `$deleteFromPrimitiveList/<field>` and `$setElementOrder/<field>`.
 */
export function strategicMerge(document: Json, patch: Json, schema: Schema): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const { $patch: directive, $retainKeys: retained, ...fields } = patch;
  if (directive === 'replace') return stripped(fields);
  if (directive === 'delete') return {};
  const result: Json = { ...(isMap(document) ? document : {}) };
  if (Array.isArray(retained)) {
    for (const key of Object.keys(result)) if (!retained.includes(key)) delete result[key];
  }
  for (const [key, value] of Object.entries<Json>(fields)) {
    const deletion = /^\$deleteFromPrimitiveList\/(.*)$/.exec(key)?.[1];
    if (deletion !== undefined) {
      result[deletion] = (result[deletion] ?? []).filter((item: Json) => !value.includes(item));
    } else if (key.startsWith('$setElementOrder/')) {
      // The order is taken from the merged list itself; Kubernetes' consumers read these lists by key.
    } else if (value === null) {
      delete result[key];
    } else {
      result[key] = mergeValue(result[key], value, childSchema(schema, key));
    }
  }
  return result;
}

function mergeValue(current: Json, value: Json, schema: Schema): Json {
  if (!Array.isArray(value)) return strategicMerge(current, value, schema);
  if (schema.type !== 'list' || schema.relation.kind === 'atomic') return value;
  if (schema.relation.kind === 'set') return [...new Set([...(current ?? []), ...value])];
  const [key] = schema.relation.keys;
  return key === undefined ? value : mergeByKey(current ?? [], value, key, schema.items);
}

function mergeByKey(current: Json[], items: Json[], key: string, schema: Schema): Json[] {
  if (items.some((item) => item?.$patch === 'replace')) {
    return items.filter((item) => item?.$patch !== 'replace').map(stripped);
  }
  const result = [...current];
  for (const item of items) {
    const index = result.findIndex((it) => sameJson(it?.[key], item?.[key]));
    if (item?.$patch === 'delete') {
      if (index >= 0) result.splice(index, 1);
    } else if (index >= 0) {
      result[index] = strategicMerge(result[index], item, schema);
    } else {
      result.push(strategicMerge(undefined, item, schema));
    }
  }
  return result;
}

function childSchema(schema: Schema, key: string): Schema {
  if (schema.type === 'struct') return schema.field(key) ?? { type: 'any' };
  return schema.type === 'map' ? schema.values : { type: 'any' };
}

function isMap(value: Json): boolean {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

function stripped(value: Json): Json {
  if (!isMap(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('$')));
}
