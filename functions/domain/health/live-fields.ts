// Objects come from any cluster and any controller: a field may be absent or of another type than its documentation
// says. What isn't of the type asked for counts as absent, so that no rule can throw.

export type JsonRecord = Readonly<Record<string, unknown>>;

/** The value at a path of field names; undefined when any step is missing. */
export function valueAt(root: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((value, name) => (isRecord(value) ? value[name] : undefined), root);
}

/** The number at a path. */
export function numberAt(root: unknown, ...path: readonly string[]): number | undefined {
  const value = valueAt(root, ...path);
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined;
}

/** The text at a path; an empty text says as little as an absent one. */
export function textAt(root: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(root, ...path);
  return typeof value === 'string' && value !== '' ? value : undefined;
}

/** The text, number or boolean at a path, as text. */
export function wordAt(root: unknown, ...path: readonly string[]): string | undefined {
  const value = valueAt(root, ...path);
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : textAt(root, ...path);
}

/** The object at a path; empty when there is none. */
export function recordAt(root: unknown, ...path: readonly string[]): JsonRecord {
  const value = valueAt(root, ...path);
  return isRecord(value) ? value : {};
}

/** The objects of the list at a path; empty when there is none. */
export function recordsAt(root: unknown, ...path: readonly string[]): readonly JsonRecord[] {
  const value = valueAt(root, ...path);
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isRecord(value: unknown): value is JsonRecord {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
