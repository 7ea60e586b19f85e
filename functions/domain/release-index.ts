import { kindRuleOf } from '#domain/kinds.ts';
import { identityOf, identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';
import { podLabelsOf } from '#domain/pod-references.ts';
import { selects } from '#domain/workload.ts';

/** The objects of a release by what others know them by. */
export interface ReleaseIndex {
  readonly objects: readonly KubernetesObject[];
  /** The object's number, if the release holds it; a namespace is left out where the kind has none. */
  find(identity: ObjectIdentity): number | undefined;
  /** The definition of a custom resource. */
  definitionOf(group: string, kind: string): number | undefined;
  /** Bindings that give a ServiceAccount its rights. */
  bindingsOf(namespace: string | undefined, account: string): readonly number[];
  /** Workloads whose pods a selector takes. */
  workloadsBehind(namespace: string | undefined, selector: unknown): readonly number[];
}

interface Definition {
  readonly group?: string;
  readonly names?: { readonly kind?: string };
}

interface Subject {
  readonly kind?: string;
  readonly name?: string;
  readonly namespace?: string;
}

/** Indexes the objects of a release: linear in their number. */
export function indexRelease(objects: readonly KubernetesObject[]): ReleaseIndex {
  const byIdentity = new Map<string, number>();
  const definitions = new Map<string, number>();
  const bindings = new Map<string, number[]>();
  const workloads = new Map<string | undefined, number[]>();
  for (const [index, object] of objects.entries()) {
    const identity = identityOf(object);
    byIdentity.set(identityText(identity), index);
    if (identity.kind === 'CustomResourceDefinition') {
      const { group = '', names } = (object.spec ?? {}) as Definition;
      definitions.set(`${group}/${names?.kind ?? ''}`, index);
    }
    for (const account of accountsOf(object)) push(bindings, account, index);
    if (podLabelsOf(object) !== undefined) push(workloads, identity.namespace, index);
  }
  return {
    objects,
    find: (identity) => byIdentity.get(identityText(inScope(identity))),
    definitionOf: (group, kind) => definitions.get(`${group}/${kind}`),
    bindingsOf: (namespace, account) => bindings.get(`${namespace ?? ''}/${account}`) ?? [],
    workloadsBehind: (namespace, selector) =>
      (workloads.get(namespace) ?? []).filter((index) => isSelected(selector, objects[index])),
  };
}

function inScope(identity: ObjectIdentity): ObjectIdentity {
  const { isCustom, namespaced } = kindRuleOf(identity);
  if (isCustom || namespaced) return identity;
  const { namespace: _, ...clusterScoped } = identity;
  return clusterScoped;
}

function isSelected(selector: unknown, object: KubernetesObject | undefined): boolean {
  if (object === undefined || selector === null || typeof selector !== 'object') return false;
  return selects(selector as Record<string, string>, podLabelsOf(object));
}

function accountsOf(object: KubernetesObject): readonly string[] {
  if (!object.kind.endsWith('RoleBinding') || !Array.isArray(object.subjects)) return [];
  return (object.subjects as readonly Subject[]).flatMap((subject) =>
    subject?.kind === 'ServiceAccount'
      ? [`${subject.namespace ?? object.metadata.namespace ?? ''}/${subject.name ?? ''}`]
      : [],
  );
}

function push<Key>(map: Map<Key, number[]>, key: Key, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
