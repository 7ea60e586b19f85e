import { canonicalJson } from '#domain/canonical-json.ts';
import type { FieldConflict } from '#domain/field-conflict.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

/** Who applied which field: field path → managers. Lists are one field each, unlike on a real server. */
export type Ownership = ReadonlyMap<string, ReadonlySet<string>>;

export type MergeResult =
  | { readonly kind: 'merged'; readonly object: KubernetesObject; readonly owners: Ownership }
  | { readonly kind: 'conflict'; readonly conflicts: readonly FieldConflict[] };

interface Leaf {
  readonly keys: readonly string[];
  readonly value: unknown;
}

// Managers in this cluster may be written `hpa/scale`: name and subresource.
function ownerOf(manager: string): { readonly manager: string; readonly subresource?: string } {
  const [name = manager, subresource] = manager.split('/');
  return subresource === undefined ? { manager: name } : { manager: name, subresource };
}

/** Server-side apply: sets what is declared, removes what this manager alone had declared before, refuses others' fields. */
export function mergeApplied(
  live: KubernetesObject,
  owners: Ownership,
  intent: KubernetesObject,
  manager: string,
  force: boolean,
): MergeResult {
  const declared = leavesOf(intent);
  const current = leavesOf(live);
  const conflicts = [...declared].flatMap(([path, { value }]) => {
    const others = [...(owners.get(path) ?? [])].filter((owner) => owner !== manager);
    const differs = canonicalJson(current.get(path)?.value ?? null) !== canonicalJson(value ?? null);
    return differs ? others.map((owner) => ({ field: path, ...ownerOf(owner) })) : [];
  });
  if (conflicts.length > 0 && !force) return { kind: 'conflict', conflicts };
  const merged = structuredClone(live) as unknown as Record<string, unknown>;
  const nextOwners = new Map(owners);
  for (const [path, managers] of owners) {
    if (!managers.has(manager) || declared.has(path)) continue;
    const left = new Set([...managers].filter((owner) => owner !== manager));
    nextOwners.set(path, left);
    const keys = current.get(path)?.keys;
    if (left.size === 0 && keys !== undefined) removeAt(merged, keys);
  }
  for (const [path, { keys, value }] of declared) {
    const differs = canonicalJson(current.get(path)?.value ?? null) !== canonicalJson(value ?? null);
    setAt(merged, keys, value);
    // Who forces a field takes it away from the others.
    nextOwners.set(path, differs ? new Set([manager]) : new Set([...(owners.get(path) ?? []), manager]));
  }
  return { kind: 'merged', object: merged as unknown as KubernetesObject, owners: nextOwners };
}

const identityFields = new Set(['apiVersion', 'kind']);
const identityMetadata = new Set([
  'name',
  'namespace',
  'uid',
  'resourceVersion',
  'generation',
  'creationTimestamp',
  'managedFields',
]);

/** The leaf fields of an object by path, but those that name it and its status. */
export function leavesOf(object: KubernetesObject): ReadonlyMap<string, Leaf> {
  const leaves = new Map<string, Leaf>();
  const collect = (keys: readonly string[], value: unknown): void => {
    if (value === undefined || (keys.length === 1 && identityFields.has(keys[0] ?? ''))) return;
    if (keys.length === 2 && keys[0] === 'metadata' && identityMetadata.has(keys[1] ?? '')) return;
    const isMap =
      value !== null && typeof value === 'object' && !Array.isArray(value) && Object.keys(value).length > 0;
    if (!isMap) leaves.set(`.${keys.join('.')}`, { keys, value });
    else for (const [key, field] of Object.entries(value)) collect([...keys, key], field);
  };
  for (const [key, field] of Object.entries(object)) if (key !== 'status') collect([key], field);
  return leaves;
}

type Fields = Record<string, unknown>;

function setAt(root: Fields, keys: readonly string[], value: unknown): void {
  const [last = '', ...path] = keys.toReversed();
  let fields = root;
  for (const key of path.reverse()) {
    fields[key] ??= {};
    fields = fields[key] as Fields;
  }
  fields[last] = value;
}

function removeAt(root: Fields, keys: readonly string[]): void {
  const [key = '', ...rest] = keys;
  if (rest.length === 0) {
    delete root[key];
    return;
  }
  const child = root[key];
  if (child === null || typeof child !== 'object') return;
  removeAt(child as Fields, rest);
  if (Object.keys(child).length === 0) delete root[key];
}
