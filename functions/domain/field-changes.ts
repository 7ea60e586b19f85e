import type { FieldChange } from '#domain/plan.ts';

// What the cluster keeps for itself (KUBERNETES.md D1).
const ignoredPaths = new Set([
  '/status',
  '/metadata/managedFields',
  '/metadata/generation',
  '/metadata/resourceVersion',
  '/metadata/creationTimestamp',
  '/metadata/uid',
  '/metadata/selfLink',
]);

type Leaves = ReadonlyMap<string, unknown>;

/** The leaf fields in which two objects differ, sorted by path; `undefined` stands for an absent object. */
export function fieldChanges(from: unknown, to: unknown): readonly FieldChange[] {
  const before = leavesOf(from);
  const after = leavesOf(to);
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths
    .filter((path) => before.get(path) !== after.get(path))
    .map((path) => ({
      path,
      ...(before.has(path) ? { from: readable(before.get(path)) } : {}),
      ...(after.has(path) ? { to: readable(after.get(path)) } : {}),
    }));
}

// Empty maps and lists are leaves of their own (`emptyDir: {}` means something); these stand for them while comparing.
const emptyMap = '{}\u0000';
const emptyList = '[]\u0000';

function readable(leaf: unknown): unknown {
  if (leaf === emptyMap) return {};
  return leaf === emptyList ? [] : leaf;
}

function leavesOf(value: unknown): Leaves {
  const leaves = new Map<string, unknown>();
  if (value !== undefined) collect('', value, leaves);
  return leaves;
}

function collect(path: string, value: unknown, leaves: Map<string, unknown>): void {
  if (value === undefined || ignoredPaths.has(path)) return;
  if (value === null || typeof value !== 'object') {
    leaves.set(path, value);
    return;
  }
  const fields = Array.isArray(value)
    ? value.map((item, index) => [String(index), item] as const)
    : Object.entries(value);
  if (fields.length === 0) leaves.set(path, Array.isArray(value) ? emptyList : emptyMap);
  for (const [key, field] of fields) collect(`${path}/${pointerToken(key)}`, field, leaves);
}

/** Escapes a key for a JSON pointer (RFC 6901). */
export function pointerToken(key: string): string {
  return key.replaceAll('~', '~0').replaceAll('/', '~1');
}
