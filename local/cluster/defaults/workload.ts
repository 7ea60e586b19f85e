import type { Json } from '../object.ts';
import { defaultPodTemplate } from './pod.ts';

export function defaultDeployment(object: Json): void {
  const spec = withTemplate(object);
  spec.replicas ??= 1;
  spec.strategy ??= {};
  spec.strategy.type ??= 'RollingUpdate';
  if (spec.strategy.type === 'RollingUpdate') {
    spec.strategy.rollingUpdate ??= {};
    spec.strategy.rollingUpdate.maxUnavailable ??= '25%';
    spec.strategy.rollingUpdate.maxSurge ??= '25%';
  }
  spec.revisionHistoryLimit ??= 10;
  spec.progressDeadlineSeconds ??= 600;
  object.status ??= {};
}

export function defaultReplicaSet(object: Json): void {
  withTemplate(object).replicas ??= 1;
  object.status ??= { replicas: 0 };
}

export function defaultStatefulSet(object: Json): void {
  const spec = withTemplate(object);
  spec.replicas ??= 1;
  spec.podManagementPolicy ??= 'OrderedReady';
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.partition ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  spec.persistentVolumeClaimRetentionPolicy ??= {};
  spec.persistentVolumeClaimRetentionPolicy.whenDeleted ??= 'Retain';
  spec.persistentVolumeClaimRetentionPolicy.whenScaled ??= 'Retain';
  for (const claim of spec.volumeClaimTemplates ?? []) {
    claim.apiVersion ??= 'v1';
    claim.kind ??= 'PersistentVolumeClaim';
    claim.spec ??= {};
    claim.spec.volumeMode ??= 'Filesystem';
    claim.status ??= { phase: 'Pending' };
  }
  object.status ??= { replicas: 0, availableReplicas: 0 };
}

const templateGeneration = 'deprecated.daemonset.template.generation';

export function defaultDaemonSet(object: Json): void {
  const spec = withTemplate(object);
  spec.updateStrategy ??= {};
  spec.updateStrategy.type ??= 'RollingUpdate';
  if (spec.updateStrategy.type === 'RollingUpdate') {
    spec.updateStrategy.rollingUpdate ??= {};
    spec.updateStrategy.rollingUpdate.maxUnavailable ??= 1;
    spec.updateStrategy.rollingUpdate.maxSurge ??= 0;
  }
  spec.revisionHistoryLimit ??= 10;
  object.metadata.annotations = { [templateGeneration]: '1', ...object.metadata.annotations };
  object.status ??= {
    currentNumberScheduled: 0,
    numberMisscheduled: 0,
    desiredNumberScheduled: 0,
    numberReady: 0,
  };
}

export function defaultJob(object: Json): void {
  const spec = withTemplate(object);
  if (spec.parallelism === undefined) spec.completions ??= 1;
  spec.parallelism ??= 1;
  spec.backoffLimit ??= spec.backoffLimitPerIndex === undefined ? 6 : 2_147_483_647;
  spec.completionMode ??= 'NonIndexed';
  spec.suspend ??= false;
  spec.manualSelector ??= false;
  spec.podReplacementPolicy ??= spec.podFailurePolicy === undefined ? 'TerminatingOrFailed' : 'Failed';
  for (const rule of spec.podFailurePolicy?.rules ?? []) {
    for (const pattern of rule.onPodConditions ?? []) pattern.status ??= 'True';
  }
  if (spec.manualSelector !== true) select(object);
  object.status ??= {};
}

/** A job finds its pods by its own uid. */
function select({ metadata, spec }: Json): void {
  const uid = metadata.uid;
  if (!uid) return;
  const labels = {
    'batch.kubernetes.io/controller-uid': uid,
    'batch.kubernetes.io/job-name': metadata.name,
    'controller-uid': uid,
    'job-name': metadata.name,
  };
  spec.template.metadata.labels = { ...spec.template.metadata.labels, ...labels };
  // On the job itself only where it has none, as the strategy's defaulting of labels does it.
  if (Object.keys(metadata.labels ?? {}).length === 0) metadata.labels = { ...spec.template.metadata.labels };
  spec.selector ??= { matchLabels: { 'batch.kubernetes.io/controller-uid': uid } };
}

export function defaultCronJob(object: Json): void {
  object.spec ??= {};
  const { spec } = object;
  spec.concurrencyPolicy ??= 'Allow';
  spec.suspend ??= false;
  spec.successfulJobsHistoryLimit ??= 3;
  spec.failedJobsHistoryLimit ??= 1;
  spec.jobTemplate ??= {};
  spec.jobTemplate.metadata ??= {};
  withTemplate(spec.jobTemplate);
  object.status ??= {};
}

export function defaultReplicationController(object: Json): void {
  const spec = withTemplate(object);
  spec.replicas ??= 1;
  const labels = spec.template.metadata.labels ?? {};
  if (Object.keys(spec.selector ?? {}).length === 0) spec.selector = labels;
  if (Object.keys(object.metadata.labels ?? {}).length === 0) object.metadata.labels = labels;
  object.status ??= { replicas: 0 };
}

function withTemplate(object: Json): Json {
  object.spec ??= {};
  object.spec.template ??= {};
  defaultPodTemplate(object.spec.template);
  return object.spec;
}
