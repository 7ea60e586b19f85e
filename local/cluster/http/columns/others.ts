import type { Json, KubeObject } from '../../object.ts';
import {
  age,
  ageColumn,
  type Column,
  column,
  count,
  nameColumn,
  none,
  showLabels,
  showSelector,
} from './column.ts';

const roleColumns = [nameColumn, column('Created At', (it) => it.metadata.creationTimestamp)];
const bindingColumns = [
  nameColumn,
  column('Role', (it) => `${it.roleRef.kind}/${it.roleRef.name}`),
  ageColumn,
  ...(['User', 'Group', 'ServiceAccount'] as const).map((kind) =>
    column(`${kind}s`, (it) => subjects(it, kind), 1),
  ),
];
const webhookColumns = [nameColumn, count('Webhooks', (it) => (it.webhooks ?? []).length), ageColumn];

/** Columns of what runs no pods. Source: Kubernetes' `pkg/printers`. */
export const otherColumns: Readonly<Record<string, readonly Column[]>> = {
  Service: [
    nameColumn,
    column('Type', (it) => it.spec.type),
    column('Cluster-IP', (it) => it.spec.clusterIP || none),
    column('External-IP', externalAddress),
    column('Port(s)', (it) => (it.spec.ports ?? []).map(portText).join(',') || none),
    ageColumn,
    column('Selector', (it) => showLabels(it.spec.selector), 1),
  ],
  ConfigMap: [
    nameColumn,
    count('Data', (it) => Object.keys({ ...it.data, ...it.binaryData }).length),
    ageColumn,
  ],
  Secret: [
    nameColumn,
    column('Type', (it) => it.type),
    count('Data', (it) => Object.keys(it.data ?? {}).length),
    ageColumn,
  ],
  Namespace: [nameColumn, column('Status', (it) => it.status?.phase ?? 'Active'), ageColumn],
  Node: [
    nameColumn,
    column('Status', (it) => (hasCondition(it, 'Ready') ? 'Ready' : 'NotReady')),
    column('Roles', () => none),
    ageColumn,
    column('Version', (it) => it.status?.nodeInfo?.kubeletVersion ?? ''),
    column('Internal-IP', (it) => it.status?.addresses?.[0]?.address ?? none, 1),
  ],
  ServiceAccount: [nameColumn, count('Secrets', (it) => (it.secrets ?? []).length), ageColumn],
  Event: [
    column('Last Seen', (it, now) => age(eventTime(it), now)),
    column('Type', (it) => it.type ?? ''),
    column('Reason', (it) => it.reason ?? ''),
    column('Object', (it) => {
      const object = it.involvedObject ?? it.regarding ?? {};
      return `${String(object.kind ?? '').toLowerCase()}/${object.name ?? ''}`;
    }),
    column('Message', (it) => String(it.message ?? it.note ?? '').trim()),
    column('Source', (it) => it.source?.component ?? it.reportingComponent ?? '', 1),
    count('Count', (it) => it.count ?? 1, 1),
    column('Name', (it) => it.metadata.name, 1),
  ],
  Endpoints: [nameColumn, column('Endpoints', () => none), ageColumn],
  'EndpointSlice.discovery.k8s.io': [
    nameColumn,
    column('AddressType', (it) => it.addressType),
    column('Ports', (it) => (it.ports ?? []).map((port: Json) => port.port).join(',') || '<unset>'),
    column(
      'Endpoints',
      (it) => (it.endpoints ?? []).flatMap((end: Json) => end.addresses).join(',') || '<unset>',
    ),
    ageColumn,
  ],
  'Lease.coordination.k8s.io': [
    nameColumn,
    column('Holder', (it) => it.spec?.holderIdentity ?? ''),
    ageColumn,
  ],
  'HorizontalPodAutoscaler.autoscaling': [
    nameColumn,
    column('Reference', (it) => `${it.spec.scaleTargetRef?.kind}/${it.spec.scaleTargetRef?.name}`),
    column('Targets', (it) => (it.spec.metrics ?? []).map(metricText).join(', ') || none),
    column('MinPods', (it) => String(it.spec.minReplicas)),
    count('MaxPods', (it) => it.spec.maxReplicas),
    count('Replicas', (it) => it.status?.currentReplicas ?? 0),
    ageColumn,
  ],
  'PodDisruptionBudget.policy': [
    nameColumn,
    column('Min Available', (it) => String(it.spec?.minAvailable ?? 'N/A')),
    column('Max Unavailable', (it) => String(it.spec?.maxUnavailable ?? 'N/A')),
    count('Allowed Disruptions', (it) => it.status?.disruptionsAllowed ?? 0),
    ageColumn,
  ],
  'Ingress.networking.k8s.io': [
    nameColumn,
    column('Class', (it) => it.spec.ingressClassName ?? none),
    column('Hosts', (it) => (it.spec.rules ?? []).map((rule: Json) => rule.host ?? '*').join(',') || '*'),
    column('Address', (it) => addresses(it).join(',')),
    column('Ports', (it) => ((it.spec.tls ?? []).length > 0 ? '80, 443' : '80')),
    ageColumn,
  ],
  'IngressClass.networking.k8s.io': [
    nameColumn,
    column('Controller', (it) => it.spec?.controller ?? ''),
    column('Parameters', (it) => it.spec?.parameters?.name ?? none),
    ageColumn,
  ],
  'NetworkPolicy.networking.k8s.io': [
    nameColumn,
    column('Pod-Selector', (it) => showSelector(it.spec.podSelector)),
    ageColumn,
  ],
  PersistentVolumeClaim: [
    nameColumn,
    column('Status', (it) =>
      it.metadata.deletionTimestamp === undefined ? it.status?.phase : 'Terminating',
    ),
    column('Volume', (it) => it.spec.volumeName ?? ''),
    column('Capacity', (it) => it.status?.capacity?.storage ?? ''),
    column('Access Modes', (it) => modes(it.status?.accessModes)),
    column('StorageClass', (it) => it.spec.storageClassName ?? ''),
    column('VolumeAttributesClass', (it) => it.spec.volumeAttributesClassName ?? '<unset>'),
    ageColumn,
    column('VolumeMode', (it) => it.spec.volumeMode ?? '<unset>', 1),
  ],
  PersistentVolume: [
    nameColumn,
    column('Capacity', (it) => it.spec.capacity?.storage ?? ''),
    column('Access Modes', (it) => modes(it.spec.accessModes)),
    column('Reclaim Policy', (it) => it.spec.persistentVolumeReclaimPolicy),
    column('Status', (it) => it.status?.phase ?? ''),
    column('Claim', ({ spec: { claimRef } }) => (claimRef ? `${claimRef.namespace}/${claimRef.name}` : '')),
    column('StorageClass', (it) => it.spec.storageClassName ?? ''),
    column('VolumeAttributesClass', () => '<unset>'),
    column('Reason', (it) => it.status?.reason ?? ''),
    ageColumn,
  ],
  'StorageClass.storage.k8s.io': [
    column('Name', ({ metadata: { name, annotations } }) =>
      annotations?.['storageclass.kubernetes.io/is-default-class'] === 'true' ? `${name} (default)` : name,
    ),
    column('Provisioner', (it) => it.provisioner),
    column('ReclaimPolicy', (it) => it.reclaimPolicy),
    column('VolumeBindingMode', (it) => it.volumeBindingMode),
    column('AllowVolumeExpansion', (it) => it.allowVolumeExpansion === true, 0, 'boolean'),
    ageColumn,
  ],
  'PriorityClass.scheduling.k8s.io': [
    nameColumn,
    count('Value', (it) => it.value),
    column('Global-Default', (it) => it.globalDefault === true, 0, 'boolean'),
    ageColumn,
    column('PreemptionPolicy', (it) => it.preemptionPolicy),
  ],
  ResourceQuota: [
    nameColumn,
    column('Request', (it) => usage(it, (name) => !name.startsWith('limits.'))),
    column('Limit', (it) => usage(it, (name) => name.startsWith('limits.'))),
    ageColumn,
  ],
  LimitRange: roleColumns,
  'Role.rbac.authorization.k8s.io': roleColumns,
  'ClusterRole.rbac.authorization.k8s.io': roleColumns,
  'RoleBinding.rbac.authorization.k8s.io': bindingColumns,
  'ClusterRoleBinding.rbac.authorization.k8s.io': bindingColumns,
  'CustomResourceDefinition.apiextensions.k8s.io': roleColumns,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': webhookColumns,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': webhookColumns,
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': [
    nameColumn,
    count('Validations', (it) => (it.spec?.validations ?? []).length),
    column('ParamKind', (it) => it.spec?.paramKind?.kind ?? '<unset>'),
    ageColumn,
  ],
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': [
    nameColumn,
    column('PolicyName', (it) => it.spec?.policyName ?? ''),
    column('ParamRef', (it) => it.spec?.paramRef?.name ?? '<unset>'),
    ageColumn,
  ],
  'APIService.apiregistration.k8s.io': [
    nameColumn,
    column('Service', ({ spec: { service } }) =>
      service ? `${service.namespace}/${service.name}` : 'Local',
    ),
    column('Available', (it) => (hasCondition(it, 'Available') ? 'True' : 'False')),
    ageColumn,
  ],
  'RuntimeClass.node.k8s.io': [nameColumn, column('Handler', (it) => it.handler), ageColumn],
};

function subjects(binding: KubeObject, kind: string): string {
  const found: Json[] = (binding.subjects ?? []).filter((it: Json) => it.kind === kind);
  return found.map((it) => (it.namespace ? `${it.namespace}/${it.name}` : it.name)).join(', ');
}

function addresses(object: KubeObject): string[] {
  return (object.status?.loadBalancer?.ingress ?? []).map((it: Json) => it.ip ?? it.hostname);
}

function externalAddress(service: KubeObject): string {
  if (service.spec.externalName) return service.spec.externalName;
  if (service.spec.type !== 'LoadBalancer') return (service.spec.externalIPs ?? []).join(',') || none;
  return addresses(service).join(',') || '<pending>';
}

function portText(port: Json): string {
  const node = port.nodePort === undefined ? '' : `:${port.nodePort}`;
  return `${port.port}${node}/${port.protocol}`;
}

function metricText({ type, resource }: Json): string {
  const target = resource?.target ?? {};
  const goal =
    target.averageUtilization === undefined ? target.averageValue : `${target.averageUtilization}%`;
  return type === 'Resource' ? `${resource.name}: <unknown>/${goal}` : '<unknown>';
}

const shortModes: Readonly<Record<string, string>> = {
  ReadWriteOnce: 'RWO',
  ReadOnlyMany: 'ROX',
  ReadWriteMany: 'RWX',
  ReadWriteOncePod: 'RWOP',
};

function modes(list: readonly string[] | undefined): string {
  return (list ?? []).map((mode) => shortModes[mode] ?? mode).join(',');
}

function usage(quota: KubeObject, holds: (name: string) => boolean): string {
  const hard: Readonly<Record<string, string>> = quota.spec?.hard ?? {};
  const names = Object.keys(hard).filter(holds).sort();
  return names.map((name) => `${name}: ${quota.status?.used?.[name] ?? 0}/${hard[name]}`).join(', ');
}

function hasCondition(object: KubeObject, type: string): boolean {
  return (object.status?.conditions ?? []).some((it: Json) => it.type === type && it.status === 'True');
}

function eventTime(event: Json): string {
  return (
    event.lastTimestamp ??
    event.deprecatedLastTimestamp ??
    event.eventTime ??
    event.metadata.creationTimestamp
  );
}
