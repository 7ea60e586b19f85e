/** A JSON value as it travels between states. Values are shared, never changed in place. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export type JsonObject = { readonly [key: string]: Json };

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Bytes of a value as Step Functions counts them: its JSON text in UTF-8. */
export function sizeBytes(value: Json): number {
  return Buffer.byteLength(JSON.stringify(value));
}
