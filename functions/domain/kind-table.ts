/** What the engine knows of one kind. */
export interface KindRule {
  /** API group, empty for core. */
  readonly group: string;
  readonly kind: string;
  /** Versions that clusters of the supported releases serve, the preferred one first; empty for custom resources. */
  readonly versions: readonly string[];
  /** The resource's name in REST paths; empty for custom resources, whose name the cluster tells. */
  readonly resource: string;
  readonly namespaced: boolean;
  /** The wave it is applied in (KUBERNETES.md §3). */
  readonly wave: number;
  /** How dependents go when it is deleted (P8): workloads wait for their pods. */
  readonly propagation: 'Foreground' | 'Background';
  /** False for what is never deleted because a release no longer names it (P3). */
  readonly prunable: boolean;
  /** True when it has a state of its own to wait for; false for what is in force once it is applied. */
  readonly settles: boolean;
  /** Where its pod template stands, if it has one; a Pod is its own. */
  readonly podTemplate?: readonly string[];
  /** True when new configuration reaches its pods by a change of the template (C1). */
  readonly rollsOnConfig?: true;
  /** True for kinds that are defined by others. */
  readonly isCustom: boolean;
}

// One row per kind: what differs from the group's and the kind's defaults.

type Row = Pick<KindRule, 'kind' | 'resource' | 'wave'> & Partial<KindRule>;

const defaults = {
  namespaced: true,
  propagation: 'Background',
  prunable: true,
  settles: false,
  isCustom: false,
} as const;

function group(name: string, versions: readonly string[], rows: readonly Row[]): readonly KindRule[] {
  return rows.map((row) => ({ ...defaults, group: name, versions, ...row }));
}

const clusterScoped = { namespaced: false } as const;
/** What has a state of its own to wait for after it is applied. */
const settling = { settles: true } as const;
/** Deleted with its pods, and only then gone (P8). */
const workload = { wave: 7, settles: true, propagation: 'Foreground' } as const;
const template = { podTemplate: ['spec', 'template'] } as const;
/** Never deleted because a release no longer names it (P3). */
const keptByHand = { prunable: false } as const;

/** The kinds that Kubernetes itself serves and that a manifest may hold, with their waves (KUBERNETES.md §3). */
export const kindTable: readonly KindRule[] = [
  ...group(
    '',
    ['v1'],
    [
      { kind: 'Namespace', resource: 'namespaces', wave: 0, ...clusterScoped, ...settling, ...keptByHand },
      { kind: 'ResourceQuota', resource: 'resourcequotas', wave: 3 },
      { kind: 'LimitRange', resource: 'limitranges', wave: 3 },
      { kind: 'ServiceAccount', resource: 'serviceaccounts', wave: 3 },
      { kind: 'Secret', resource: 'secrets', wave: 4 },
      { kind: 'ConfigMap', resource: 'configmaps', wave: 4 },
      {
        kind: 'PersistentVolume',
        resource: 'persistentvolumes',
        wave: 4,
        ...clusterScoped,
        ...settling,
        ...keptByHand,
      },
      {
        kind: 'PersistentVolumeClaim',
        resource: 'persistentvolumeclaims',
        wave: 4,
        ...settling,
        ...keptByHand,
      },
      { kind: 'PodTemplate', resource: 'podtemplates', wave: 4, podTemplate: ['template'] },
      { kind: 'Service', resource: 'services', wave: 5, ...settling },
      { kind: 'Endpoints', resource: 'endpoints', wave: 5 },
      { kind: 'ReplicationController', resource: 'replicationcontrollers', ...workload, ...template },
      { kind: 'Pod', resource: 'pods', wave: 7, ...settling, podTemplate: [] },
      { kind: 'Event', resource: 'events', wave: 7 },
      { kind: 'Node', resource: 'nodes', wave: 2, ...clusterScoped, ...keptByHand },
    ],
  ),
  ...group(
    'apps',
    ['v1'],
    [
      { kind: 'Deployment', resource: 'deployments', ...workload, ...template, rollsOnConfig: true },
      { kind: 'StatefulSet', resource: 'statefulsets', ...workload, ...template, rollsOnConfig: true },
      { kind: 'DaemonSet', resource: 'daemonsets', ...workload, ...template, rollsOnConfig: true },
      { kind: 'ReplicaSet', resource: 'replicasets', ...workload, ...template },
      { kind: 'ControllerRevision', resource: 'controllerrevisions', wave: 4 },
    ],
  ),
  ...group(
    'batch',
    ['v1'],
    [
      { kind: 'Job', resource: 'jobs', ...workload, ...template, rollsOnConfig: true },
      {
        kind: 'CronJob',
        resource: 'cronjobs',
        ...workload,
        podTemplate: ['spec', 'jobTemplate', 'spec', 'template'],
        rollsOnConfig: true,
      },
    ],
  ),
  ...group(
    'autoscaling',
    ['v2', 'v1'],
    [{ kind: 'HorizontalPodAutoscaler', resource: 'horizontalpodautoscalers', wave: 7, ...settling }],
  ),
  ...group(
    'policy',
    ['v1'],
    [{ kind: 'PodDisruptionBudget', resource: 'poddisruptionbudgets', wave: 5, ...settling }],
  ),
  ...group(
    'networking.k8s.io',
    ['v1'],
    [
      { kind: 'IngressClass', resource: 'ingressclasses', wave: 2, ...clusterScoped },
      { kind: 'NetworkPolicy', resource: 'networkpolicies', wave: 3 },
      { kind: 'Ingress', resource: 'ingresses', wave: 8, ...settling },
      { kind: 'IPAddress', resource: 'ipaddresses', wave: 5, versions: ['v1', 'v1beta1'], ...clusterScoped },
      {
        kind: 'ServiceCIDR',
        resource: 'servicecidrs',
        wave: 2,
        versions: ['v1', 'v1beta1'],
        ...clusterScoped,
      },
    ],
  ),
  ...group(
    'rbac.authorization.k8s.io',
    ['v1'],
    [
      { kind: 'ClusterRole', resource: 'clusterroles', wave: 3, ...clusterScoped },
      { kind: 'Role', resource: 'roles', wave: 3 },
      { kind: 'ClusterRoleBinding', resource: 'clusterrolebindings', wave: 4, ...clusterScoped },
      { kind: 'RoleBinding', resource: 'rolebindings', wave: 4 },
    ],
  ),
  ...group(
    'storage.k8s.io',
    ['v1'],
    [
      { kind: 'StorageClass', resource: 'storageclasses', wave: 2, ...clusterScoped, ...keptByHand },
      { kind: 'CSIDriver', resource: 'csidrivers', wave: 2, ...clusterScoped },
      { kind: 'CSINode', resource: 'csinodes', wave: 2, ...clusterScoped },
      { kind: 'CSIStorageCapacity', resource: 'csistoragecapacities', wave: 4 },
      { kind: 'VolumeAttachment', resource: 'volumeattachments', wave: 4, ...clusterScoped },
      {
        kind: 'VolumeAttributesClass',
        resource: 'volumeattributesclasses',
        wave: 2,
        versions: ['v1', 'v1beta1', 'v1alpha1'],
        ...clusterScoped,
      },
    ],
  ),
  ...group(
    'scheduling.k8s.io',
    ['v1'],
    [{ kind: 'PriorityClass', resource: 'priorityclasses', wave: 2, ...clusterScoped }],
  ),
  ...group(
    'node.k8s.io',
    ['v1'],
    [{ kind: 'RuntimeClass', resource: 'runtimeclasses', wave: 2, ...clusterScoped }],
  ),
  ...group(
    'admissionregistration.k8s.io',
    ['v1'],
    [
      {
        kind: 'MutatingWebhookConfiguration',
        resource: 'mutatingwebhookconfigurations',
        wave: 8,
        ...clusterScoped,
      },
      {
        kind: 'ValidatingWebhookConfiguration',
        resource: 'validatingwebhookconfigurations',
        wave: 8,
        ...clusterScoped,
      },
      ...['Validating', 'Mutating'].flatMap((verb): Row[] => [
        {
          kind: `${verb}AdmissionPolicy`,
          resource: `${verb.toLowerCase()}admissionpolicies`,
          wave: 8,
          versions: ['v1', 'v1beta1', 'v1alpha1'],
          ...clusterScoped,
        },
        {
          kind: `${verb}AdmissionPolicyBinding`,
          resource: `${verb.toLowerCase()}admissionpolicybindings`,
          wave: 8,
          versions: ['v1', 'v1beta1', 'v1alpha1'],
          ...clusterScoped,
        },
      ]),
    ],
  ),
  ...group(
    'apiextensions.k8s.io',
    ['v1'],
    [
      {
        kind: 'CustomResourceDefinition',
        resource: 'customresourcedefinitions',
        wave: 1,
        ...clusterScoped,
        ...settling,
        ...keptByHand,
      },
    ],
  ),
  ...group(
    'apiregistration.k8s.io',
    ['v1'],
    [{ kind: 'APIService', resource: 'apiservices', wave: 8, ...clusterScoped, ...settling }],
  ),
  ...group('discovery.k8s.io', ['v1'], [{ kind: 'EndpointSlice', resource: 'endpointslices', wave: 5 }]),
  ...group('events.k8s.io', ['v1'], [{ kind: 'Event', resource: 'events', wave: 7 }]),
  ...group(
    'coordination.k8s.io',
    ['v1'],
    [
      { kind: 'Lease', resource: 'leases', wave: 4 },
      { kind: 'LeaseCandidate', resource: 'leasecandidates', wave: 4, versions: ['v1beta1', 'v1alpha2'] },
    ],
  ),
  ...group(
    'certificates.k8s.io',
    ['v1'],
    [
      {
        kind: 'CertificateSigningRequest',
        resource: 'certificatesigningrequests',
        wave: 4,
        ...clusterScoped,
      },
      {
        kind: 'ClusterTrustBundle',
        resource: 'clustertrustbundles',
        wave: 4,
        versions: ['v1', 'v1beta1', 'v1alpha1'],
        ...clusterScoped,
      },
    ],
  ),
  ...group(
    'flowcontrol.apiserver.k8s.io',
    ['v1', 'v1beta3'],
    [
      {
        kind: 'PriorityLevelConfiguration',
        resource: 'prioritylevelconfigurations',
        wave: 2,
        ...clusterScoped,
      },
      { kind: 'FlowSchema', resource: 'flowschemas', wave: 3, ...clusterScoped },
    ],
  ),
  ...group(
    'resource.k8s.io',
    ['v1', 'v1beta2', 'v1beta1', 'v1alpha3'],
    [
      { kind: 'DeviceClass', resource: 'deviceclasses', wave: 2, ...clusterScoped },
      { kind: 'ResourceSlice', resource: 'resourceslices', wave: 4, ...clusterScoped },
      { kind: 'ResourceClaimTemplate', resource: 'resourceclaimtemplates', wave: 4 },
      { kind: 'ResourceClaim', resource: 'resourceclaims', wave: 4 },
    ],
  ),
];

/**
 * Kinds of others whose wave is not that of any custom resource: on AWS the pods' readiness gates are injected only
 * where the route to them is known before they are made (KUBERNETES.md §3, wave 5).
 */
export const customWaves: readonly (readonly [groupEnding: string, kind: RegExp, wave: number])[] = [
  ['gateway.networking.k8s.io', /^Gateway$/, 5],
  ['gateway.networking.k8s.io', /^(HTTP|GRPC|TLS|TCP|UDP)Route$|^ReferenceGrant$/, 5],
  ['elbv2.k8s.aws', /^TargetGroupBinding$/, 5],
  ['', /Class$/, 2],
];
