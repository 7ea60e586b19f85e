import type { StatusRule } from '#domain/health/status-rule.ts';

// Delivery, workflows and autoscaling: Argo, Flagger, Flux, Tekton, KEDA. From each project's own API documentation.
export const deliveryRules: readonly StatusRule[] = [
  {
    kinds: ['argoproj.io/Application'],
    ready: {
      at: 'status.health.status',
      ready: ['Healthy'],
      failed: ['Degraded'],
      suspended: ['Suspended'],
      unknown: ['Unknown'],
    },
  },
  {
    kinds: ['argoproj.io/ApplicationSet'],
    failed: [{ condition: 'ErrorOccurred', seconds: 60 }],
    progressing: [{ condition: 'RolloutProgressing' }],
    ready: ['ResourcesUpToDate'],
  },
  {
    kinds: ['argoproj.io/AnalysisRun', 'argoproj.io/Experiment'],
    failed: [{ field: 'status.phase', oneOf: ['Failed', 'Error'] }],
    ready: { at: 'status.phase', ready: ['Successful'], unknown: ['Inconclusive'] },
  },
  {
    kinds: ['argoproj.io/Workflow'],
    suspended: [{ field: 'spec.suspend' }],
    failed: [{ field: 'status.phase', oneOf: ['Failed', 'Error'] }],
    ready: { at: 'status.phase', ready: ['Succeeded'] },
  },
  {
    kinds: ['argoproj.io/CronWorkflow'],
    suspended: [{ field: 'spec.suspend' }],
    failed: [{ condition: 'SubmissionError', seconds: 60 }],
    ready: 'applied',
  },
  { kinds: ['argoproj.io/EventBus'], ready: ['Configured', 'Deployed'] },
  { kinds: ['argoproj.io/EventSource'], ready: ['SourcesProvided', 'Deployed'] },
  { kinds: ['argoproj.io/Sensor'], ready: ['DependenciesProvided', 'TriggersProvided', 'Deployed'] },
  {
    kinds: [
      'argoproj.io/AppProject',
      'argoproj.io/AnalysisTemplate',
      'argoproj.io/ClusterAnalysisTemplate',
      'argoproj.io/WorkflowTemplate',
      'argoproj.io/ClusterWorkflowTemplate',
    ],
    ready: 'applied',
  },
  {
    kinds: ['flagger.app/Canary'],
    suspended: [{ field: 'spec.suspend' }],
    ready: {
      at: 'status.phase',
      ready: ['Initialized', 'Succeeded'],
      failed: ['Failed'],
      deleting: ['Terminating', 'Terminated'],
    },
  },
  {
    kinds: [
      'flagger.app/AlertProvider',
      'flagger.app/MetricTemplate',
      'notification.toolkit.fluxcd.io/Alert',
      'notification.toolkit.fluxcd.io/Provider',
    ],
    ready: 'applied',
  },
  { kinds: ['*.toolkit.fluxcd.io/*'], suspended: [{ field: 'spec.suspend' }], ready: 'as-custom' },
  {
    kinds: ['tekton.dev/PipelineRun', 'tekton.dev/TaskRun', 'tekton.dev/CustomRun'],
    suspended: [{ field: 'spec.status', oneOf: ['PipelineRunPending'] }],
    failed: [{ condition: 'Succeeded', is: 'False' }],
    ready: ['Succeeded'],
  },
  {
    kinds: ['keda.sh/ScaledObject', 'keda.sh/ScaledJob'],
    suspended: [{ condition: 'Paused' }],
    ready: ['Ready'],
  },
  { kinds: ['keda.sh/TriggerAuthentication', 'keda.sh/ClusterTriggerAuthentication'], ready: 'applied' },
];
