import type { StatusRule } from '#domain/health/status-rule.ts';

// Cloud resources, clusters, machines, storage. From each project's own API documentation.
export const platformRules: readonly StatusRule[] = [
  {
    kinds: ['pkg.crossplane.io/Provider', 'pkg.crossplane.io/Configuration', 'pkg.crossplane.io/Function'],
    ready: ['Installed', 'Healthy'],
  },
  { kinds: ['apiextensions.crossplane.io/CompositeResourceDefinition'], ready: ['Established'] },
  {
    kinds: [
      'apiextensions.crossplane.io/Composition',
      '*.crossplane.io/ProviderConfig',
      '*.crossplane.io/ClusterProviderConfig',
      '*.upbound.io/ProviderConfig',
      '*.upbound.io/ClusterProviderConfig',
    ],
    ready: 'applied',
  },
  {
    kinds: ['*.crossplane.io/*', '*.upbound.io/*'],
    failed: [{ condition: 'LastAsyncOperation', is: 'False', seconds: 60 }],
    ready: 'as-custom',
  },
  {
    kinds: ['*.services.k8s.aws/*'],
    failed: [{ condition: 'ACK.Terminal' }],
    progressing: [{ condition: 'ACK.Recoverable' }],
    ready: ['ACK.ResourceSynced'],
  },
  { kinds: ['*.cnrm.cloud.google.com/*'], ready: ['Ready'] },
  {
    // Capacity may come; a refusal by the cloud's API stays (E8).
    kinds: ['karpenter.sh/NodeClaim'],
    failed: [
      {
        condition: 'Launched',
        is: 'False',
        reason: /Unauthorized|InvalidParameter|LaunchFailed/,
        seconds: 60,
      },
    ],
    ready: ['Ready'],
  },
  {
    kinds: ['cluster.x-k8s.io/*', '*.cluster.x-k8s.io/*'],
    suspended: [{ field: 'spec.paused' }],
    failed: [{ field: 'status.failureMessage', seconds: 60 }],
    ready: 'as-custom',
  },
  {
    kinds: ['snapshot.storage.k8s.io/VolumeSnapshot', 'snapshot.storage.k8s.io/VolumeSnapshotContent'],
    failed: [{ field: 'status.error', seconds: 60 }],
    ready: { at: 'status.readyToUse', ready: ['true'] },
  },
  {
    kinds: ['kubevirt.io/VirtualMachine'],
    ready: {
      at: 'status.printableStatus',
      ready: ['Running'],
      failed: ['CrashLoopBackOff', 'ErrImagePull', 'ImagePullBackOff', 'ErrorPvcNotFound', 'DataVolumeError'],
      suspended: ['Stopped', 'Paused'],
      deleting: ['Terminating'],
      unknown: ['Unknown'],
    },
  },
  { kinds: ['kubevirt.io/VirtualMachineInstance'], suspended: [{ condition: 'Paused' }], ready: ['Ready'] },
  {
    kinds: ['cdi.kubevirt.io/DataVolume'],
    ready: {
      at: 'status.phase',
      ready: ['Succeeded', 'WaitForFirstConsumer', 'PendingPopulation'],
      failed: ['Failed'],
      suspended: ['Paused'],
      unknown: ['Unknown'],
    },
  },
  {
    kinds: ['operators.coreos.com/ClusterServiceVersion'],
    ready: { at: 'status.phase', ready: ['Succeeded'], failed: ['Failed'], deleting: ['Deleting'] },
  },
  {
    kinds: ['operators.coreos.com/InstallPlan'],
    ready: { at: 'status.phase', ready: ['Complete'], failed: ['Failed'], suspended: ['RequiresApproval'] },
  },
  {
    kinds: ['operators.coreos.com/Subscription'],
    failed: [
      { condition: 'InstallPlanFailed', seconds: 60 },
      { condition: 'ResolutionFailed', seconds: 60 },
    ],
    ready: { at: 'status.state', ready: ['AtLatestKnown'], suspended: ['UpgradePending'] },
  },
  {
    kinds: ['operators.coreos.com/CatalogSource'],
    ready: { at: 'status.connectionState.lastObservedState', ready: ['READY'] },
  },
  { kinds: ['operators.coreos.com/OperatorGroup'], ready: 'applied' },
  {
    kinds: ['velero.io/Backup', 'velero.io/Restore'],
    failed: [{ field: 'status.phase', oneOf: ['FailedValidation', 'PartiallyFailed', 'Failed'] }],
    ready: { at: 'status.phase', ready: ['Completed'], deleting: ['Deleting'] },
  },
  {
    kinds: ['velero.io/Schedule'],
    suspended: [{ field: 'spec.paused' }],
    ready: { at: 'status.phase', ready: ['Enabled'], failed: ['FailedValidation'] },
  },
  {
    kinds: ['velero.io/BackupStorageLocation'],
    ready: { at: 'status.phase', ready: ['Available'], failed: ['Unavailable'] },
  },
  { kinds: ['kueue.x-k8s.io/ClusterQueue', 'kueue.x-k8s.io/LocalQueue'], ready: ['Active'] },
  {
    kinds: ['jobset.x-k8s.io/JobSet'],
    suspended: [{ condition: 'Suspended' }],
    failed: [{ condition: 'Failed' }],
    ready: ['Completed'],
  },
  {
    kinds: ['kubeflow.org/*'],
    suspended: [{ condition: 'Suspended' }],
    failed: [{ condition: 'Failed' }],
    ready: ['Succeeded'],
  },
  { kinds: ['elbv2.k8s.aws/IngressClassParams'], ready: 'applied' },
];
