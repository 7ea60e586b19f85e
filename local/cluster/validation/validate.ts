import { validateCustom } from '../custom/admit.ts';
import { type FieldError, required } from '../errors.ts';
import { type Kind, qualifiedKind } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { validateClaim } from './claim.ts';
import { validateDataKeys, validateSecret } from './data.ts';
import { validateDefinition } from './definition.ts';
import { immutables } from './immutable.ts';
import { validateCronJob, validateJob } from './job.ts';
import { validateMetadata } from './metadata.ts';
import {
  validateAutoscaler,
  validateBudget,
  validateIngress,
  validateNetworkPolicy,
  validatePriorityClass,
  validateStorageClass,
  validateVolume,
  validateWebhooks,
} from './others.ts';
import { validatePodSpec } from './pod-spec.ts';
import { validateService } from './service.ts';
import { validateDaemonSet, validateDeployment, validateStatefulSet, validateWorkload } from './workload.ts';

const validators: Readonly<Record<string, (object: KubeObject) => FieldError[]>> = {
  'CronJob.batch': validateCronJob,
  'CustomResourceDefinition.apiextensions.k8s.io': validateDefinition,
  'DaemonSet.apps': validateDaemonSet,
  'Deployment.apps': validateDeployment,
  'HorizontalPodAutoscaler.autoscaling': validateAutoscaler,
  'Ingress.networking.k8s.io': validateIngress,
  'Job.batch': validateJob,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': validateWebhooks,
  'NetworkPolicy.networking.k8s.io': validateNetworkPolicy,
  PersistentVolume: validateVolume,
  PersistentVolumeClaim: validateClaim,
  'PodDisruptionBudget.policy': validateBudget,
  'PriorityClass.scheduling.k8s.io': validatePriorityClass,
  'ReplicaSet.apps': (object) => validateWorkload(object, 'deployment'),
  'StatefulSet.apps': validateStatefulSet,
  'StorageClass.storage.k8s.io': validateStorageClass,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': validateWebhooks,
  Pod: (object) => validatePodSpec(object.spec, 'spec'),
  Service: validateService,
  ConfigMap: (object) => validateDataKeys(object),
  Secret: (object) => [...validateDataKeys(object), ...validateSecret(object)],
  'RoleBinding.rbac.authorization.k8s.io': validateBinding,
  'ClusterRoleBinding.rbac.authorization.k8s.io': validateBinding,
};

function validateBinding(object: KubeObject): FieldError[] {
  return object.roleRef?.name ? [] : [required('roleRef.name')];
}

/** What is wrong with an object that is to be stored; `before` is what it replaces. */
export function validate(kind: Kind, object: KubeObject, before: KubeObject | undefined): FieldError[] {
  if (kind.custom !== undefined) {
    return [...validateMetadata(kind, object, before), ...validateCustom(kind, object, before)];
  }
  const own = validators[qualifiedKind(kind)]?.(object) ?? [];
  const fixed = before === undefined ? [] : (immutables[qualifiedKind(kind)]?.(object, before) ?? []);
  const metadata = validateMetadata(kind, object, before);
  return kind.kind === 'Secret' ? [...metadata, ...fixed, ...own] : [...metadata, ...own, ...fixed];
}
