import { customWaves, type KindRule, kindTable } from '#domain/kind-table.ts';
import type { KubernetesObject, ObjectIdentity } from '#domain/manifest.ts';

/** The kinds that Kubernetes itself serves. */
export const kindRules: readonly KindRule[] = kindTable;

const rulesByKind = new Map(kindTable.map((rule) => [`${rule.group}/${rule.kind}`, rule]));
const builtInGroups = new Set(kindTable.map(({ group }) => group));

type GroupKind = Pick<ObjectIdentity, 'group' | 'kind'>;

/** The rule of a built-in kind; undefined for custom resources. */
export function findKindRule({ group, kind }: GroupKind): KindRule | undefined {
  return rulesByKind.get(`${group}/${kind}`);
}

/** True when Kubernetes itself serves this group; definitions of others stand in groups of their own. */
export function isBuiltInGroup(group: string): boolean {
  return builtInGroups.has(group) || group === 'extensions';
}

/** The rule of an object's kind: a custom resource's is the default rule, its scope that of the identity. */
export function kindRuleOf(identity: GroupKind & Pick<ObjectIdentity, 'namespace'>): KindRule {
  return findKindRule(identity) ?? customRule(identity);
}

function customRule({ group, kind, namespace }: GroupKind & Pick<ObjectIdentity, 'namespace'>): KindRule {
  const special = customWaves.find(([ending, kinds]) => group.endsWith(ending) && kinds.test(kind));
  return {
    group,
    kind,
    versions: [],
    resource: '',
    namespaced: namespace !== undefined,
    wave: special?.[2] ?? 7,
    propagation: 'Background',
    prunable: true,
    // A class is read by others and has nothing to become.
    settles: special?.[2] !== 2,
    isCustom: true,
  };
}

/** Where an object is found: its identity and the version of the API it is spoken to in. */
export interface ObjectAddress extends ObjectIdentity {
  /** For core kinds `v1`, else `<group>/<version>`. */
  readonly apiVersion: string;
}

/** The API group of an `apiVersion`, empty for core. */
export function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}

/** The address of an object. */
export function addressOf(object: KubernetesObject): ObjectAddress {
  const { apiVersion, kind, metadata } = object;
  return {
    apiVersion,
    group: groupOf(apiVersion),
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
  };
}

/**
 * The address of an object that was recorded by `apiVersion`: a built-in kind whose version is no longer served is found
 * by its present one (KUBERNETES.md P7).
 */
export function servedAddress(identity: ObjectIdentity, apiVersion?: string): ObjectAddress {
  const { versions, group } = kindRuleOf(identity);
  const version = apiVersion?.slice(apiVersion.indexOf('/') + 1);
  const isServed = versions.length === 0 || (version !== undefined && versions.includes(version));
  if (apiVersion !== undefined && isServed) return { ...identity, apiVersion };
  const present = versions[0] ?? 'v1';
  return { ...identity, apiVersion: group === '' ? present : `${group}/${present}` };
}
