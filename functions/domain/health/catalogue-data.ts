import type { StatusRule } from '#domain/health/status-rule.ts';

// Databases, queues, search, computation, monitoring. From each project's own API documentation.
export const dataRules: readonly StatusRule[] = [
  {
    kinds: ['acid.zalan.do/postgresql'],
    ready: {
      at: 'status.PostgresClusterStatus',
      ready: ['Running'],
      failed: ['CreateFailed', 'UpdateFailed', 'DeleteFailed', 'SyncFailed', 'Invalid'],
    },
  },
  {
    kinds: ['postgresql.cnpg.io/Cluster'],
    suspended: [{ condition: 'cnpg.io/hibernation' }],
    failed: [
      { field: 'status.phase', oneOf: ['Unable to create required cluster objects'], seconds: 60 },
      {
        field: 'status.phase',
        oneOf: ['Cluster is unrecoverable and needs manual intervention'],
        seconds: 60,
      },
    ],
    ready: ['Ready'],
  },
  {
    kinds: ['postgresql.cnpg.io/Backup'],
    ready: { at: 'status.phase', ready: ['completed'], failed: ['failed', 'walArchivingFailing'] },
  },
  {
    kinds: ['postgresql.cnpg.io/ScheduledBackup', 'postgresql.cnpg.io/Pooler'],
    suspended: [{ field: 'spec.suspend' }],
    ready: 'applied',
  },
  {
    // Strimzi has a condition for not being ready, which while it creates is no fault.
    kinds: ['kafka.strimzi.io/*', 'core.strimzi.io/*'],
    suspended: [{ condition: 'ReconciliationPaused' }],
    failed: [{ condition: 'NotReady', reason: /Exception|Fail|Error|Invalid/, seconds: 60 }],
    progressing: [{ condition: 'NotReady' }],
    ready: ['Ready'],
  },
  {
    kinds: ['elasticsearch.k8s.elastic.co/Elasticsearch'],
    failed: [{ field: 'status.phase', oneOf: ['Invalid'], seconds: 60 }],
    progressing: [{ field: 'status.phase', oneOf: ['ApplyingChanges', 'MigratingData', 'Stalled'] }],
    ready: { at: 'status.health', ready: ['green'] },
  },
  { kinds: ['*.k8s.elastic.co/*'], ready: { at: 'status.health', ready: ['green'] } },
  { kinds: ['rabbitmq.com/RabbitmqCluster'], ready: ['AllReplicasReady', 'ClusterAvailable'] },
  {
    kinds: ['ray.io/RayJob'],
    suspended: [{ field: 'status.jobDeploymentStatus', oneOf: ['Suspended'] }],
    failed: [{ field: 'status.jobDeploymentStatus', oneOf: ['Failed', 'ValidationFailed'] }],
    ready: { at: 'status.jobDeploymentStatus', ready: ['Complete'] },
  },
  {
    kinds: ['sparkoperator.k8s.io/SparkApplication'],
    failed: [{ field: 'status.applicationState.state', oneOf: ['FAILED', 'SUBMISSION_FAILED', 'FAILING'] }],
    ready: {
      at: 'status.applicationState.state',
      ready: ['RUNNING', 'SUCCEEDING', 'COMPLETED'],
      suspended: ['SUSPENDED'],
      unknown: ['UNKNOWN'],
    },
  },
  {
    kinds: ['flink.apache.org/FlinkDeployment', 'flink.apache.org/FlinkSessionJob'],
    ready: {
      at: 'status.lifecycleState',
      ready: ['STABLE'],
      failed: ['FAILED', 'ROLLED_BACK'],
      suspended: ['SUSPENDED'],
      deleting: ['DELETING'],
    },
  },
  {
    kinds: ['batch.volcano.sh/Job'],
    failed: [{ field: 'status.state.phase', oneOf: ['Failed', 'Aborted', 'Terminated'] }],
    ready: { at: 'status.state.phase', ready: ['Completed'] },
  },
  {
    // Earlier operators write no conditions at all.
    kinds: [
      'monitoring.coreos.com/Prometheus',
      'monitoring.coreos.com/PrometheusAgent',
      'monitoring.coreos.com/Alertmanager',
      'monitoring.coreos.com/ThanosRuler',
    ],
    suspended: [{ field: 'spec.paused' }],
    failed: [{ condition: 'Reconciled', is: 'False', seconds: 60 }],
    ready: 'as-custom',
  },
  { kinds: ['monitoring.coreos.com/*'], ready: 'applied' },
];
