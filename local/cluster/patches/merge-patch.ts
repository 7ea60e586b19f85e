import type { Json } from '../object.ts';

/** RFC 7386. */
export function mergePatch(document: Json, patch: Json): Json {
  if (patch === null || typeof patch !== 'object' || Array.isArray(patch)) return patch;
  const isMap = document !== null && typeof document === 'object' && !Array.isArray(document);
  const result = isMap ? { ...document } : {};
  for (const [key, value] of Object.entries(patch)) {
    if (value === null) delete result[key];
    else result[key] = mergePatch(result[key], value);
  }
  return result;
}
