/** One kind the cluster serves; everything that differs between kinds and is not behaviour is in this table. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  /** The plural in URLs. */
  readonly resource: string;
  readonly singular: string;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly namespaced: boolean;
  /** Name of its schema in schema/types.json. */
  readonly model: string;
  readonly subresources: readonly ('status' | 'scale' | 'log' | 'eviction' | 'token')[];
  /** Whether `metadata.generation` counts changes of everything outside metadata and status. */
  readonly counted: boolean;
  /** First part of its keys in the store. */
  readonly storedAs: string;
}

type Row = Partial<Kind> & Pick<Kind, 'kind' | 'resource' | 'model'>;

function group(name: string, version: string, rows: readonly Row[]): Kind[] {
  return rows.map((row) => ({
    group: name,
    version,
    singular: row.kind.toLowerCase(),
    shortNames: [],
    categories: [],
    namespaced: true,
    subresources: [],
    counted: false,
    storedAs: name === 'discovery.k8s.io' ? `${name}/${row.resource}` : row.resource,
    ...row,
  }));
}

export const kinds: readonly Kind[] = [
  ...group('', 'v1', [
    { kind: 'ConfigMap', resource: 'configmaps', model: 'V1ConfigMap', shortNames: ['cm'] },
    {
      kind: 'Endpoints',
      resource: 'endpoints',
      model: 'V1Endpoints',
      shortNames: ['ep'],
      singular: 'endpoints',
    },
    { kind: 'Event', resource: 'events', model: 'CoreV1Event', shortNames: ['ev'] },
    {
      kind: 'Namespace',
      resource: 'namespaces',
      model: 'V1Namespace',
      shortNames: ['ns'],
      namespaced: false,
      subresources: ['status'],
    },
    {
      kind: 'Node',
      resource: 'nodes',
      model: 'V1Node',
      shortNames: ['no'],
      namespaced: false,
      subresources: ['status'],
    },
    {
      kind: 'Pod',
      resource: 'pods',
      model: 'V1Pod',
      shortNames: ['po'],
      categories: ['all'],
      subresources: ['status', 'log', 'eviction'],
      counted: true,
    },
    { kind: 'Secret', resource: 'secrets', model: 'V1Secret' },
    {
      kind: 'Service',
      resource: 'services',
      model: 'V1Service',
      shortNames: ['svc'],
      categories: ['all'],
      subresources: ['status'],
    },
    {
      kind: 'ServiceAccount',
      resource: 'serviceaccounts',
      model: 'V1ServiceAccount',
      shortNames: ['sa'],
    },
  ]),
  ...group('apps', 'v1', [
    {
      kind: 'Deployment',
      resource: 'deployments',
      model: 'V1Deployment',
      shortNames: ['deploy'],
      categories: ['all'],
      subresources: ['status', 'scale'],
      counted: true,
    },
    {
      kind: 'ReplicaSet',
      resource: 'replicasets',
      model: 'V1ReplicaSet',
      shortNames: ['rs'],
      categories: ['all'],
      subresources: ['status', 'scale'],
      counted: true,
    },
  ]),
  ...group('autoscaling', 'v2', [
    {
      kind: 'HorizontalPodAutoscaler',
      resource: 'horizontalpodautoscalers',
      model: 'V2HorizontalPodAutoscaler',
      shortNames: ['hpa'],
      categories: ['all'],
      subresources: ['status'],
    },
  ]),
  ...group('coordination.k8s.io', 'v1', [{ kind: 'Lease', resource: 'leases', model: 'V1Lease' }]),
  ...group('discovery.k8s.io', 'v1', [
    { kind: 'EndpointSlice', resource: 'endpointslices', model: 'V1EndpointSlice', counted: true },
  ]),
  ...group('events.k8s.io', 'v1', [
    { kind: 'Event', resource: 'events', model: 'EventsV1Event', shortNames: ['ev'] },
  ]),
  ...group('policy', 'v1', [
    {
      kind: 'PodDisruptionBudget',
      resource: 'poddisruptionbudgets',
      model: 'V1PodDisruptionBudget',
      shortNames: ['pdb'],
      subresources: ['status'],
      counted: true,
    },
  ]),
  ...group('rbac.authorization.k8s.io', 'v1', [
    { kind: 'ClusterRole', resource: 'clusterroles', model: 'V1ClusterRole', namespaced: false },
    {
      kind: 'ClusterRoleBinding',
      resource: 'clusterrolebindings',
      model: 'V1ClusterRoleBinding',
      namespaced: false,
    },
    { kind: 'Role', resource: 'roles', model: 'V1Role' },
    { kind: 'RoleBinding', resource: 'rolebindings', model: 'V1RoleBinding' },
  ]),
];

export function apiVersionOf(kind: Kind): string {
  return kind.group === '' ? kind.version : `${kind.group}/${kind.version}`;
}

/** `deployments.apps`, `pods`: how messages name a resource. */
export function qualifiedResource(kind: Kind): string {
  return kind.group === '' ? kind.resource : `${kind.resource}.${kind.group}`;
}

/** `Deployment.apps`, `Pod`: how validation messages name a kind. */
export function qualifiedKind(kind: Kind): string {
  return kind.group === '' ? kind.kind : `${kind.kind}.${kind.group}`;
}

export function findKind(groupName: string, version: string, resource: string): Kind | undefined {
  return kinds.find((it) => it.group === groupName && it.version === version && it.resource === resource);
}

export function kindOf(apiVersion: string, kind: string): Kind | undefined {
  return kinds.find((it) => it.kind === kind && apiVersionOf(it) === apiVersion);
}
