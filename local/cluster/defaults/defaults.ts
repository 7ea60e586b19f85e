import { type Kind, qualifiedKind } from '../kinds.ts';
import type { Json } from '../object.ts';
import {
  defaultApiService,
  defaultDefinition,
  defaultPolicy,
  defaultPolicyBinding,
  defaultWebhooks,
} from './admission.ts';
import { defaultPod, defaultPodTemplate } from './pod.ts';
import {
  defaultEndpointSlice,
  defaultIngress,
  defaultIngressClass,
  defaultNetworkPolicy,
  defaultService,
} from './service.ts';
import { defaultClaim, defaultDriver, defaultStorageClass, defaultVolume } from './storage.ts';
import {
  defaultCronJob,
  defaultDaemonSet,
  defaultDeployment,
  defaultJob,
  defaultReplicaSet,
  defaultReplicationController,
  defaultStatefulSet,
} from './workload.ts';

/** Fills in what Kubernetes fills in for a kind; changes `object`, which the caller owns. */
export function setDefaults(kind: Kind, object: Json): void {
  defaulters[qualifiedKind(kind)]?.(object);
}

const defaulters: Readonly<Record<string, (object: Json) => void>> = {
  'APIService.apiregistration.k8s.io': defaultApiService,
  'CSIDriver.storage.k8s.io': defaultDriver,
  'ClusterRoleBinding.rbac.authorization.k8s.io': defaultBinding,
  'CronJob.batch': defaultCronJob,
  'CustomResourceDefinition.apiextensions.k8s.io': defaultDefinition,
  'DaemonSet.apps': defaultDaemonSet,
  'Deployment.apps': defaultDeployment,
  'EndpointSlice.discovery.k8s.io': defaultEndpointSlice,
  'HorizontalPodAutoscaler.autoscaling': defaultAutoscaler,
  'Ingress.networking.k8s.io': defaultIngress,
  'IngressClass.networking.k8s.io': defaultIngressClass,
  'Job.batch': defaultJob,
  LimitRange: defaultLimitRange,
  'MutatingAdmissionPolicy.admissionregistration.k8s.io': defaultPolicy,
  'MutatingAdmissionPolicyBinding.admissionregistration.k8s.io': defaultPolicyBinding,
  'MutatingWebhookConfiguration.admissionregistration.k8s.io': defaultWebhooks,
  Namespace: defaultNamespace,
  'NetworkPolicy.networking.k8s.io': defaultNetworkPolicy,
  PersistentVolume: defaultVolume,
  PersistentVolumeClaim: defaultClaim,
  Pod: defaultPod,
  PodTemplate: (object) => {
    object.template ??= {};
    defaultPodTemplate(object.template);
  },
  'PodDisruptionBudget.policy': (object) => {
    object.status ??= { disruptionsAllowed: 0, currentHealthy: 0, desiredHealthy: 0, expectedPods: 0 };
  },
  'PriorityClass.scheduling.k8s.io': (object) => {
    object.preemptionPolicy ??= 'PreemptLowerPriority';
  },
  'ReplicaSet.apps': defaultReplicaSet,
  ReplicationController: defaultReplicationController,
  ResourceQuota: (object) => {
    object.status ??= {};
  },
  'RoleBinding.rbac.authorization.k8s.io': defaultBinding,
  Secret: defaultSecret,
  Service: defaultService,
  'StatefulSet.apps': defaultStatefulSet,
  'StorageClass.storage.k8s.io': defaultStorageClass,
  'ValidatingAdmissionPolicy.admissionregistration.k8s.io': defaultPolicy,
  'ValidatingAdmissionPolicyBinding.admissionregistration.k8s.io': defaultPolicyBinding,
  'ValidatingWebhookConfiguration.admissionregistration.k8s.io': defaultWebhooks,
};

function defaultSecret(object: Json): void {
  object.type ??= 'Opaque';
  if (object.stringData === undefined) return;
  object.data = { ...object.data };
  for (const [key, value] of Object.entries<string>(object.stringData)) {
    object.data[key] = Buffer.from(value).toString('base64');
  }
  delete object.stringData;
}

function defaultNamespace(object: Json): void {
  const name = { 'kubernetes.io/metadata.name': object.metadata.name };
  object.metadata.labels = { ...object.metadata.labels, ...name };
  object.spec ??= {};
  if (object.metadata.deletionTimestamp === undefined) object.spec.finalizers ??= ['kubernetes'];
  object.status ??= {};
  object.status.phase ??= 'Active';
}

function defaultAutoscaler(object: Json): void {
  object.spec ??= {};
  object.spec.minReplicas ??= 1;
  if (object.apiVersion === 'autoscaling/v1') return;
  const target = { type: 'Utilization', averageUtilization: 80 };
  object.spec.metrics ??= [{ type: 'Resource', resource: { name: 'cpu', target } }];
  object.status ??= { currentMetrics: null, desiredReplicas: 0 };
}

function defaultLimitRange(object: Json): void {
  for (const limit of object.spec?.limits ?? []) {
    if (limit.type !== 'Container') continue;
    if (limit.max !== undefined) limit.default = { ...limit.max, ...limit.default };
    const requests = { ...limit.min, ...limit.default, ...limit.defaultRequest };
    if (Object.keys(requests).length > 0) limit.defaultRequest = requests;
  }
}

function defaultBinding(object: Json): void {
  if (object.roleRef !== undefined) object.roleRef.apiGroup ??= 'rbac.authorization.k8s.io';
  for (const subject of object.subjects ?? []) {
    if (subject.kind !== 'ServiceAccount') subject.apiGroup ??= 'rbac.authorization.k8s.io';
  }
}
