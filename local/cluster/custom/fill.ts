import type { Json } from '../object.ts';

/**
 * Puts a schema's defaults where a value has none; changes `value`, which the caller owns. A null that may not be null and
 * has a default gives way to it.
 */
export function fillDefaults(value: Json, openApi: Json): void {
  if (value === null || typeof value !== 'object') return;
  if (Array.isArray(value)) {
    for (const item of value) fillDefaults(item, openApi?.items);
    return;
  }
  for (const [name, schema] of Object.entries<Json>(openApi?.properties ?? {})) {
    const isMissing = value[name] === undefined || (value[name] === null && schema.nullable !== true);
    if (isMissing && schema.default !== undefined) value[name] = structuredClone(schema.default);
    fillDefaults(value[name], schema);
  }
  const { additionalProperties } = openApi ?? {};
  if (additionalProperties === undefined || typeof additionalProperties === 'boolean') return;
  for (const [name, field] of Object.entries(value)) {
    if (!Object.hasOwn(openApi.properties ?? {}, name)) fillDefaults(field, additionalProperties);
  }
}
