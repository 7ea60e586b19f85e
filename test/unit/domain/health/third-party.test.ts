import { describe, expect, it } from 'vitest';
import type { Health } from '#domain/health-verdict.ts';
import { condition, judge, live, type Row, saying } from './live.ts';

type KindRow = [kind: string, name: string, fields: object, verdict: Health['verdict']];
const conditions = (...list: object[]) => ({ status: { conditions: list } });
const isTrue = (type: string, reason?: string) => condition(type, 'True', reason);
const isFalse = (type: string, reason?: string) => condition(type, 'False', reason);

describe('kinds of other projects, by data (§8)', () => {
  it.each<KindRow>([
    ['cert-manager.io/v1 Certificate', 'issued', conditions(isTrue('Ready')), 'ready'],
    ['cert-manager.io/v1 Certificate', 'without a status', {}, 'progressing'],
    [
      'cert-manager.io/v1 Certificate',
      'being issued anew',
      conditions(isTrue('Ready'), isTrue('Issuing', 'Renewing')),
      'progressing',
    ],
    [
      'cert-manager.io/v1 Certificate',
      'that could not be issued',
      conditions(isFalse('Ready', 'DoesNotExist'), isFalse('Issuing', 'Failed')),
      'failed',
    ],
    [
      'cert-manager.io/v1 CertificateRequest',
      'denied',
      conditions(isTrue('Denied'), isFalse('Ready', 'Denied')),
      'failed',
    ],
    [
      'cert-manager.io/v1 CertificateRequest',
      'pending',
      conditions(isTrue('Approved'), isFalse('Ready', 'Pending')),
      'progressing',
    ],
    [
      'cert-manager.io/v1 ClusterIssuer',
      'registered',
      conditions(isTrue('Ready', 'ACMEAccountRegistered')),
      'ready',
    ],
    [
      'cert-manager.io/v1 Issuer',
      'refused',
      conditions(isFalse('Ready', 'ErrRegisterACMEAccount')),
      'failed',
    ],
    ['acme.cert-manager.io/v1 Order', 'to be finalized', { status: { state: 'ready' } }, 'progressing'],
    ['acme.cert-manager.io/v1 Challenge', 'invalid', { status: { state: 'invalid' } }, 'failed'],
    ['external-secrets.io/v1 ExternalSecret', 'synced', conditions(isTrue('Ready', 'SecretSynced')), 'ready'],
    [
      'external-secrets.io/v1 ExternalSecret',
      'in error',
      conditions(isFalse('Ready', 'SecretSyncedError')),
      'failed',
    ],
    ['external-secrets.io/v1 SecretStore', 'without a status', {}, 'progressing'],
    [
      'external-secrets.io/v1 ClusterSecretStore',
      'misconfigured',
      conditions(isFalse('Ready', 'InvalidProviderConfig')),
      'failed',
    ],
    ['bitnami.com/v1alpha1 SealedSecret', 'unsealed', conditions(isTrue('Synced')), 'ready'],
    ['bitnami.com/v1alpha1 SealedSecret', 'that cannot be unsealed', conditions(isFalse('Synced')), 'failed'],
    ['argoproj.io/v1alpha1 Application', 'healthy', { status: { health: { status: 'Healthy' } } }, 'ready'],
    [
      'argoproj.io/v1alpha1 Application',
      'degraded',
      { status: { health: { status: 'Degraded' } } },
      'failed',
    ],
    ['argoproj.io/v1alpha1 Application', 'unknown', { status: { health: { status: 'Unknown' } } }, 'unknown'],
    [
      'argoproj.io/v1alpha1 ApplicationSet',
      'in error',
      conditions(isTrue('ErrorOccurred'), isFalse('ResourcesUpToDate')),
      'failed',
    ],
    [
      'argoproj.io/v1alpha1 ApplicationSet',
      'up to date',
      conditions(isFalse('ErrorOccurred'), isTrue('ResourcesUpToDate')),
      'ready',
    ],
    ['argoproj.io/v1alpha1 AnalysisRun', 'inconclusive', { status: { phase: 'Inconclusive' } }, 'unknown'],
    ['argoproj.io/v1alpha1 AnalysisRun', 'successful', { status: { phase: 'Successful' } }, 'ready'],
    ['argoproj.io/v1alpha1 Workflow', 'running', { status: { phase: 'Running' } }, 'progressing'],
    ['argoproj.io/v1alpha1 Workflow', 'in error', { status: { phase: 'Error' } }, 'failed'],
    ['argoproj.io/v1alpha1 AnalysisTemplate', 'applied', {}, 'ready'],
    ['flagger.app/v1beta1 Canary', 'succeeded', { status: { phase: 'Succeeded' } }, 'ready'],
    [
      'flagger.app/v1beta1 Canary',
      'waiting for promotion',
      { status: { phase: 'WaitingPromotion' } },
      'progressing',
    ],
    ['flagger.app/v1beta1 Canary', 'failed', { status: { phase: 'Failed' } }, 'failed'],
    [
      'kustomize.toolkit.fluxcd.io/v1 Kustomization',
      'suspended',
      { spec: { suspend: true }, ...conditions(isTrue('Ready')) },
      'suspended',
    ],
    [
      'kustomize.toolkit.fluxcd.io/v1 Kustomization',
      'waiting for another',
      conditions(isFalse('Ready', 'DependencyNotReady')),
      'progressing',
    ],
    [
      'helm.toolkit.fluxcd.io/v2 HelmRelease',
      'failed',
      conditions(isFalse('Ready', 'UpgradeFailed')),
      'failed',
    ],
    [
      'tekton.dev/v1 PipelineRun',
      'running',
      conditions(condition('Succeeded', 'Unknown', 'Running')),
      'progressing',
    ],
    ['tekton.dev/v1 TaskRun', 'failed', conditions(isFalse('Succeeded', 'TaskRunTimeout')), 'failed'],
    ['keda.sh/v1alpha1 ScaledObject', 'ready', conditions(isTrue('Ready'), isFalse('Active')), 'ready'],
    ['keda.sh/v1alpha1 ScaledObject', 'paused', conditions(isTrue('Ready'), isTrue('Paused')), 'suspended'],
    [
      'keda.sh/v1alpha1 ScaledObject',
      'refused',
      conditions(isFalse('Ready', 'ScaledObjectCheckFailed')),
      'failed',
    ],
    [
      'pkg.crossplane.io/v1 Provider',
      'installed, not healthy',
      conditions(isTrue('Installed'), isFalse('Healthy', 'UnhealthyPackageRevision')),
      'progressing',
    ],
    [
      'apiextensions.crossplane.io/v1 CompositeResourceDefinition',
      'established',
      conditions(isTrue('Established')),
      'ready',
    ],
    [
      's3.aws.upbound.io/v1beta1 Bucket',
      'ready and synced',
      conditions(isTrue('Ready'), isTrue('Synced')),
      'ready',
    ],
    [
      's3.aws.upbound.io/v1beta1 Bucket',
      'not synced',
      conditions(isFalse('Synced', 'ReconcileError')),
      'failed',
    ],
    ['aws.upbound.io/v1beta1 ProviderConfig', 'applied', {}, 'ready'],
    ['s3.services.k8s.aws/v1alpha1 Bucket', 'synced', conditions(isTrue('ACK.ResourceSynced')), 'ready'],
    [
      's3.services.k8s.aws/v1alpha1 Bucket',
      'terminal',
      conditions(isTrue('ACK.Terminal'), isTrue('ACK.ResourceSynced')),
      'failed',
    ],
    [
      'rds.services.k8s.aws/v1alpha1 DBInstance',
      'being made',
      conditions(isFalse('ACK.ResourceSynced')),
      'progressing',
    ],
    [
      'rds.services.k8s.aws/v1alpha1 DBInstance',
      'trying again',
      conditions(isTrue('ACK.Recoverable'), isTrue('ACK.ResourceSynced')),
      'progressing',
    ],
    ['karpenter.sh/v1 NodePool', 'ready', conditions(isTrue('Ready')), 'ready'],
    [
      'karpenter.sh/v1 NodePool',
      'without its class',
      conditions(isFalse('Ready', 'NodeClassNotReady')),
      'progressing',
    ],
    [
      'karpenter.sh/v1 NodeClaim',
      'without capacity',
      conditions(isFalse('Launched', 'InsufficientCapacity'), isFalse('Ready')),
      'progressing',
    ],
    [
      'karpenter.sh/v1 NodeClaim',
      'that may not launch',
      conditions(isFalse('Launched', 'UnauthorizedOperation')),
      'failed',
    ],
    ['kafka.strimzi.io/v1beta2 Kafka', 'ready', conditions(isTrue('Ready')), 'ready'],
    ['kafka.strimzi.io/v1beta2 Kafka', 'creating', conditions(isTrue('NotReady', 'Creating')), 'progressing'],
    [
      'kafka.strimzi.io/v1beta2 KafkaTopic',
      'invalid',
      conditions(isTrue('NotReady', 'InvalidResourceException')),
      'failed',
    ],
    [
      'kafka.strimzi.io/v1beta2 KafkaConnect',
      'paused',
      conditions(isTrue('ReconciliationPaused')),
      'suspended',
    ],
    [
      'serving.knative.dev/v1 Service',
      'at work',
      conditions(condition('Ready', 'Unknown', 'Deploying')),
      'progressing',
    ],
    ['serving.knative.dev/v1 Service', 'refused', conditions(isFalse('Ready', 'ContainerMissing')), 'failed'],
    ['networking.istio.io/v1 VirtualService', 'applied', {}, 'ready'],
    [
      'networking.istio.io/v1 Gateway',
      'of an earlier generation',
      { metadata: { generation: 2 }, status: { observedGeneration: '1' } },
      'progressing',
    ],
    ['monitoring.coreos.com/v1 ServiceMonitor', 'applied', {}, 'ready'],
    [
      'monitoring.coreos.com/v1 Prometheus',
      'degraded',
      conditions(condition('Available', 'Degraded', 'SomePodsNotReady')),
      'progressing',
    ],
    [
      'monitoring.coreos.com/v1 Prometheus',
      'available',
      conditions(isTrue('Available'), isTrue('Reconciled')),
      'ready',
    ],
    ['monitoring.coreos.com/v1 Alertmanager', 'paused', { spec: { paused: true } }, 'suspended'],
    [
      'postgresql.cnpg.io/v1 Cluster',
      'healthy',
      { status: { phase: 'Cluster in healthy state', conditions: [isTrue('Ready')] } },
      'ready',
    ],
    [
      'postgresql.cnpg.io/v1 Cluster',
      'being made',
      { status: { phase: 'Setting up primary', conditions: [isFalse('Ready', 'ClusterIsNotReady')] } },
      'progressing',
    ],
    ['postgresql.cnpg.io/v1 Cluster', 'hibernated', conditions(isTrue('cnpg.io/hibernation')), 'suspended'],
    ['postgresql.cnpg.io/v1 Backup', 'started', { status: { phase: 'started' } }, 'progressing'],
    [
      'externaldns.k8s.io/v1alpha1 DNSEndpoint',
      'not seen',
      { metadata: { generation: 2 }, status: { observedGeneration: 1 } },
      'progressing',
    ],
    ['acid.zalan.do/v1 postgresql', 'running', { status: { PostgresClusterStatus: 'Running' } }, 'ready'],
    [
      'acid.zalan.do/v1 postgresql',
      'failed',
      { status: { PostgresClusterStatus: 'CreateFailed' } },
      'failed',
    ],
    [
      'elasticsearch.k8s.elastic.co/v1 Elasticsearch',
      'green',
      { status: { health: 'green', phase: 'Ready' } },
      'ready',
    ],
    [
      'elasticsearch.k8s.elastic.co/v1 Elasticsearch',
      'changing',
      { status: { health: 'green', phase: 'ApplyingChanges' } },
      'progressing',
    ],
    ['snapshot.storage.k8s.io/v1 VolumeSnapshot', 'to use', { status: { readyToUse: true } }, 'ready'],
    [
      'snapshot.storage.k8s.io/v1 VolumeSnapshot',
      'not yet',
      { status: { readyToUse: false } },
      'progressing',
    ],
    ['kubevirt.io/v1 VirtualMachine', 'stopped', { status: { printableStatus: 'Stopped' } }, 'suspended'],
    [
      'operators.coreos.com/v1alpha1 InstallPlan',
      'to be approved',
      { status: { phase: 'RequiresApproval' } },
      'suspended',
    ],
    [
      'cluster.x-k8s.io/v1beta1 Machine',
      'without hope',
      { status: { failureMessage: 'no such image' } },
      'failed',
    ],
    [
      'flink.apache.org/v1beta1 FlinkDeployment',
      'rolled back',
      { status: { lifecycleState: 'ROLLED_BACK' } },
      'failed',
    ],
    ['jobset.x-k8s.io/v1alpha2 JobSet', 'completed', conditions(isTrue('Completed')), 'ready'],
  ])('%s %s', (kindText, _, fields, verdict) => {
    const [apiVersion = '', kind = ''] = kindText.split(' ');
    expect(judge(live(apiVersion, kind, fields)).verdict).toBe(verdict);
  });
});

describe('an Argo Rollout (§8)', () => {
  const spec = { replicas: 2, strategy: { canary: {} } };
  const blueGreen = { replicas: 2, strategy: { blueGreen: {} } };
  const counts = {
    replicas: 2,
    updatedReplicas: 2,
    readyReplicas: 2,
    availableReplicas: 2,
    currentPodHash: 'b',
  };
  const pause = [{ reason: 'CanaryPauseStep', startTime: '2026-11-21T09:00:00Z' }];

  it.each<Row>([
    ['healthy', { spec, status: { phase: 'Healthy' } }, 'ready'],
    [
      'degraded',
      { spec, status: { phase: 'Degraded', message: 'RolloutAborted' } },
      'failed',
      'RolloutAborted',
    ],
    [
      'paused',
      { spec, status: { phase: 'Paused', message: 'CanaryPauseStep' } },
      'suspended',
      'CanaryPauseStep',
    ],
    ['progressing', { spec, status: { phase: 'Progressing' } }, 'progressing'],
    [
      'healthy in an earlier generation',
      { metadata: { generation: 4 }, spec, status: { observedGeneration: '3', phase: 'Healthy' } },
      'progressing',
    ],
    ['about to go on', { spec, status: { phase: 'Paused', controllerPause: true } }, 'progressing', 'go on'],
    ['without a phase: done', { spec, status: { ...counts, stableRS: 'b' } }, 'ready'],
    ['without a phase: steps to do', { spec, status: { ...counts, stableRS: 'a' } }, 'progressing', 'steps'],
    [
      'without a phase: new pods missing',
      { spec, status: { ...counts, updatedReplicas: 1 } },
      'progressing',
      '1 of 2',
    ],
    [
      'without a phase: old pods left',
      { spec, status: { ...counts, replicas: 3, stableRS: 'b' } },
      'progressing',
      '1 old pods',
    ],
    [
      'without a phase: not available',
      { spec, status: { ...counts, availableReplicas: 1, stableRS: 'b' } },
      'progressing',
      '1 of 2 pods available',
    ],
    [
      'without a phase: paused by a step',
      { spec, status: { ...counts, pauseConditions: pause } },
      'suspended',
      'CanaryPauseStep',
    ],
    [
      'without a phase: paused by hand',
      { spec: { ...spec, paused: true }, status: counts },
      'suspended',
      'spec.paused',
    ],
    [
      'without a phase: an invalid spec',
      { spec, status: { conditions: [condition('InvalidSpec', 'True', 'InvalidSpec')] } },
      'failed',
      'InvalidSpec',
    ],
    [
      'without a phase: aborted',
      { spec, status: { conditions: [condition('Progressing', 'False', 'RolloutAborted')] } },
      'failed',
      'RolloutAborted',
    ],
    [
      'without a phase: too slow',
      { spec, status: { conditions: [condition('Progressing', 'False', 'ProgressDeadlineExceeded')] } },
      'failed',
    ],
    [
      'without a phase: traffic still on the old',
      { spec: blueGreen, status: { ...counts, blueGreen: { activeSelector: 'a' } } },
      'progressing',
      'active service',
    ],
    [
      'without a phase: switched, to be analysed',
      { spec: blueGreen, status: { ...counts, stableRS: 'a', blueGreen: { activeSelector: 'b' } } },
      'progressing',
      'analysis',
    ],
    [
      'without a phase: switched, the old kept',
      {
        spec: blueGreen,
        status: { ...counts, replicas: 4, stableRS: 'b', blueGreen: { activeSelector: 'b' } },
      },
      'ready',
    ],
  ])('%s', (_, fields, verdict, says = '') => {
    const health = judge(live('argoproj.io/v1alpha1', 'Rollout', fields));
    expect(health.verdict).toBe(verdict);
    expect(saying(health)).toContain(says);
  });
});
