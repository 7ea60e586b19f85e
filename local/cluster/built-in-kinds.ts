import type { Kind } from './kinds.ts';
import { schemaOf } from './schema/schema.ts';

type Row = Partial<Kind> & Pick<Kind, 'group' | 'version' | 'kind' | 'resource'>;
type Given = Omit<Partial<Kind>, 'group' | 'version'> & Pick<Kind, 'kind' | 'resource'>;

const all = { categories: ['all'] };
const status = { subresources: ['status'] as const };
const scaled = { subresources: ['status', 'scale'] as const };
const counted = { counted: true };
const cluster = { namespaced: false };
const admission = { ...cluster, ...counted, categories: ['api-extensions'] };

function group(name: string, version: string, rows: readonly Given[]): Row[] {
  return rows.map((row) => ({ ...row, group: name, version }));
}

/**
 * The kinds of Kubernetes 1.36 that are on by default. Which of them count generations is decided by each kind's strategy in
 * Kubernetes' `pkg/registry`.
 */
const rows: readonly Row[] = [
  ...group('', 'v1', [
    { kind: 'ConfigMap', resource: 'configmaps', shortNames: ['cm'] },
    { kind: 'Endpoints', resource: 'endpoints', shortNames: ['ep'], singular: 'endpoints' },
    { kind: 'Event', resource: 'events', shortNames: ['ev'] },
    { kind: 'LimitRange', resource: 'limitranges', shortNames: ['limits'] },
    {
      kind: 'Namespace',
      resource: 'namespaces',
      shortNames: ['ns'],
      ...cluster,
      subresources: ['status', 'finalize'],
    },
    { kind: 'Node', resource: 'nodes', shortNames: ['no'], ...cluster, ...status },
    {
      kind: 'PersistentVolumeClaim',
      resource: 'persistentvolumeclaims',
      shortNames: ['pvc'],
      ...status,
    },
    { kind: 'PersistentVolume', resource: 'persistentvolumes', shortNames: ['pv'], ...cluster, ...status },
    {
      kind: 'Pod',
      resource: 'pods',
      shortNames: ['po'],
      ...all,
      ...counted,
      subresources: ['status', 'log', 'eviction', 'binding', 'resize'],
    },
    { kind: 'PodTemplate', resource: 'podtemplates', ...counted },
    {
      kind: 'ReplicationController',
      resource: 'replicationcontrollers',
      shortNames: ['rc'],
      ...all,
      ...counted,
      ...scaled,
    },
    { kind: 'ResourceQuota', resource: 'resourcequotas', shortNames: ['quota'], ...status },
    { kind: 'Secret', resource: 'secrets' },
    { kind: 'ServiceAccount', resource: 'serviceaccounts', shortNames: ['sa'], subresources: ['token'] },
    { kind: 'Service', resource: 'services', shortNames: ['svc'], ...all, ...status },
  ]),
  ...group('apiregistration.k8s.io', 'v1', [
    { kind: 'APIService', resource: 'apiservices', ...cluster, ...status, categories: ['api-extensions'] },
  ]),
  ...group('apps', 'v1', [
    { kind: 'ControllerRevision', resource: 'controllerrevisions' },
    { kind: 'DaemonSet', resource: 'daemonsets', shortNames: ['ds'], ...all, ...counted, ...status },
    { kind: 'Deployment', resource: 'deployments', shortNames: ['deploy'], ...all, ...counted, ...scaled },
    { kind: 'ReplicaSet', resource: 'replicasets', shortNames: ['rs'], ...all, ...counted, ...scaled },
    { kind: 'StatefulSet', resource: 'statefulsets', shortNames: ['sts'], ...all, ...counted, ...scaled },
  ]),
  ...group('events.k8s.io', 'v1', [{ kind: 'Event', resource: 'events', shortNames: ['ev'] }]),
  ...group('autoscaling', 'v2', [
    {
      kind: 'HorizontalPodAutoscaler',
      resource: 'horizontalpodautoscalers',
      shortNames: ['hpa'],
      ...all,
      ...status,
    },
  ]),
  ...group('autoscaling', 'v1', [
    {
      kind: 'HorizontalPodAutoscaler',
      resource: 'horizontalpodautoscalers',
      shortNames: ['hpa'],
      ...all,
      ...status,
      storageVersion: 'v2',
    },
  ]),
  ...group('batch', 'v1', [
    { kind: 'CronJob', resource: 'cronjobs', shortNames: ['cj'], ...all, ...counted, ...status },
    { kind: 'Job', resource: 'jobs', ...all, ...counted, ...status },
  ]),
  ...group('certificates.k8s.io', 'v1', [
    {
      kind: 'CertificateSigningRequest',
      resource: 'certificatesigningrequests',
      shortNames: ['csr'],
      ...cluster,
      ...status,
    },
  ]),
  ...group('networking.k8s.io', 'v1', [
    { kind: 'Ingress', resource: 'ingresses', shortNames: ['ing'], ...counted, ...status },
    { kind: 'IngressClass', resource: 'ingressclasses', ...cluster, ...counted },
    { kind: 'IPAddress', resource: 'ipaddresses', shortNames: ['ip'], ...cluster },
    { kind: 'NetworkPolicy', resource: 'networkpolicies', shortNames: ['netpol'], ...counted },
    { kind: 'ServiceCIDR', resource: 'servicecidrs', ...cluster, ...status },
  ]),
  ...group('policy', 'v1', [
    {
      kind: 'PodDisruptionBudget',
      resource: 'poddisruptionbudgets',
      shortNames: ['pdb'],
      ...counted,
      ...status,
    },
  ]),
  ...group('rbac.authorization.k8s.io', 'v1', [
    { kind: 'ClusterRoleBinding', resource: 'clusterrolebindings', ...cluster },
    { kind: 'ClusterRole', resource: 'clusterroles', ...cluster },
    { kind: 'RoleBinding', resource: 'rolebindings' },
    { kind: 'Role', resource: 'roles' },
  ]),
  ...group('storage.k8s.io', 'v1', [
    { kind: 'CSIDriver', resource: 'csidrivers', ...cluster },
    { kind: 'CSINode', resource: 'csinodes', ...cluster },
    { kind: 'CSIStorageCapacity', resource: 'csistoragecapacities' },
    { kind: 'StorageClass', resource: 'storageclasses', shortNames: ['sc'], ...cluster },
    { kind: 'VolumeAttachment', resource: 'volumeattachments', ...cluster, ...status },
    {
      kind: 'VolumeAttributesClass',
      resource: 'volumeattributesclasses',
      shortNames: ['vac'],
      ...cluster,
    },
  ]),
  ...group('admissionregistration.k8s.io', 'v1', [
    { kind: 'MutatingAdmissionPolicy', resource: 'mutatingadmissionpolicies', ...admission },
    { kind: 'MutatingAdmissionPolicyBinding', resource: 'mutatingadmissionpolicybindings', ...admission },
    { kind: 'MutatingWebhookConfiguration', resource: 'mutatingwebhookconfigurations', ...admission },
    {
      kind: 'ValidatingAdmissionPolicy',
      resource: 'validatingadmissionpolicies',
      ...admission,
      ...status,
    },
    {
      kind: 'ValidatingAdmissionPolicyBinding',
      resource: 'validatingadmissionpolicybindings',
      ...admission,
    },
    { kind: 'ValidatingWebhookConfiguration', resource: 'validatingwebhookconfigurations', ...admission },
  ]),
  ...group('apiextensions.k8s.io', 'v1', [
    {
      kind: 'CustomResourceDefinition',
      resource: 'customresourcedefinitions',
      shortNames: ['crd', 'crds'],
      ...cluster,
      ...counted,
      ...status,
      categories: ['api-extensions'],
    },
  ]),
  ...group('scheduling.k8s.io', 'v1', [
    { kind: 'PriorityClass', resource: 'priorityclasses', shortNames: ['pc'], ...cluster, ...counted },
  ]),
  ...group('coordination.k8s.io', 'v1', [{ kind: 'Lease', resource: 'leases' }]),
  ...group('node.k8s.io', 'v1', [{ kind: 'RuntimeClass', resource: 'runtimeclasses', ...cluster }]),
  ...group('discovery.k8s.io', 'v1', [{ kind: 'EndpointSlice', resource: 'endpointslices', ...counted }]),
  ...group('flowcontrol.apiserver.k8s.io', 'v1', [
    { kind: 'FlowSchema', resource: 'flowschemas', ...cluster, ...counted, ...status },
    {
      kind: 'PriorityLevelConfiguration',
      resource: 'prioritylevelconfigurations',
      ...cluster,
      ...counted,
      ...status,
    },
  ]),
  ...group('resource.k8s.io', 'v1', [
    { kind: 'DeviceClass', resource: 'deviceclasses', ...cluster, ...counted },
    { kind: 'ResourceClaim', resource: 'resourceclaims', ...status },
    { kind: 'ResourceClaimTemplate', resource: 'resourceclaimtemplates' },
    { kind: 'ResourceSlice', resource: 'resourceslices', ...cluster, ...counted },
  ]),
];

/** The built-in kinds, in the order of discovery. */
export const builtInKinds: readonly Kind[] = rows.map((row) => ({
  singular: row.kind.toLowerCase(),
  listKind: `${row.kind}List`,
  shortNames: [],
  categories: [],
  namespaced: true,
  subresources: [],
  counted: false,
  storedAs: row.group === 'discovery.k8s.io' ? `${row.group}/${row.resource}` : row.resource,
  storageVersion: row.version,
  get schema() {
    return schemaOf(this.model);
  },
  ...row,
  model: row.model ?? `${shortGroup(row.group)}.${row.version}.${row.kind}`,
}));

/** The name by which published types call a group: `rbac` of `rbac.authorization.k8s.io`. */
function shortGroup(group: string): string {
  return group === '' ? 'core' : (group.split('.')[0] ?? '');
}

/** A built-in kind by where it is served. */
export function findKind(groupName: string, version: string, resource: string): Kind | undefined {
  return builtInKinds.find(
    (it) => it.group === groupName && it.version === version && it.resource === resource,
  );
}

/** A built-in kind that is known to be there. */
export function builtIn(groupName: string, resource: string, version = 'v1'): Kind {
  const kind = findKind(groupName, version, resource);
  if (kind === undefined) throw new Error(`Resource "${resource}" of group "${groupName}" is not built in`);
  return kind;
}
