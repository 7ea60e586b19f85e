import { PolicyViolationError } from '#domain/errors.ts';
import { identityText, type KubernetesObject, type ObjectIdentity } from '#domain/manifest.ts';

/** What the engine knows of one kind. */
export interface KindRule {
  /** API group, empty for core. */
  readonly group: string;
  readonly kind: string;
  /** Versions of the API that this engine was tested with. */
  readonly versions: readonly string[];
  /** The resource's name in REST paths. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** The wave it is applied in (KUBERNETES.md §3). */
  readonly wave: number;
  /** How dependents go when it is deleted (P8): workloads wait for their pods. */
  readonly propagation: 'Foreground' | 'Background';
  /** False for what is never deleted because a release no longer names it (P3). */
  readonly prunable: boolean;
  /** True when its spec holds a pod template at `/spec/template`. */
  readonly hasPodTemplate: boolean;
}

const plain = {
  versions: ['v1'],
  namespaced: true,
  propagation: 'Background',
  prunable: true,
  hasPodTemplate: false,
} as const;

/** The kinds that this version applies and judges; another kind is refused, never ignored (DESIGN §6). */
export const kindRules: readonly KindRule[] = [
  {
    ...plain,
    group: '',
    kind: 'Namespace',
    resource: 'namespaces',
    wave: 0,
    namespaced: false,
    prunable: false,
  },
  { ...plain, group: '', kind: 'ServiceAccount', resource: 'serviceaccounts', wave: 3 },
  { ...plain, group: 'rbac.authorization.k8s.io', kind: 'Role', resource: 'roles', wave: 3 },
  { ...plain, group: 'rbac.authorization.k8s.io', kind: 'RoleBinding', resource: 'rolebindings', wave: 4 },
  { ...plain, group: '', kind: 'Secret', resource: 'secrets', wave: 4 },
  { ...plain, group: '', kind: 'ConfigMap', resource: 'configmaps', wave: 4 },
  { ...plain, group: '', kind: 'Service', resource: 'services', wave: 5 },
  { ...plain, group: 'policy', kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets', wave: 5 },
  {
    ...plain,
    group: 'apps',
    kind: 'Deployment',
    resource: 'deployments',
    wave: 7,
    propagation: 'Foreground',
    hasPodTemplate: true,
  },
];

const rulesByKind = new Map(kindRules.map((rule) => [`${rule.group}/${rule.kind}`, rule]));

/** The rule of a kind, if this version supports it. */
export function findKindRule({ group, kind }: Pick<ObjectIdentity, 'group' | 'kind'>): KindRule | undefined {
  return rulesByKind.get(`${group}/${kind}`);
}

/** The rule of an object's kind. Throws PolicyViolationError naming the object and the kinds there are. */
export function kindRuleOf(identity: ObjectIdentity): KindRule {
  const rule = findKindRule(identity);
  if (rule !== undefined) return rule;
  const supported = kindRules.map(({ kind }) => kind);
  throw new PolicyViolationError(
    `${identityText(identity)}: kind '${identity.kind}' of group '${identity.group}' is not supported; remove it from the bundle (supported: ${supported.join(', ')})`,
    { object: identityText(identity), supported },
  );
}

/** Where an object is found: its identity and the version of the API it is spoken to in. */
export interface ObjectAddress extends ObjectIdentity {
  /** For core kinds `v1`, else `<group>/<version>`. */
  readonly apiVersion: string;
}

/** The address of an object. */
export function addressOf(object: KubernetesObject): ObjectAddress {
  const { apiVersion, kind, metadata } = object;
  const slash = apiVersion.indexOf('/');
  return {
    apiVersion,
    group: slash < 0 ? '' : apiVersion.slice(0, slash),
    kind,
    ...(metadata.namespace === undefined ? {} : { namespace: metadata.namespace }),
    name: metadata.name,
  };
}
