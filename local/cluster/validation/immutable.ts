import { type FieldError, forbiddenValue, invalidValue } from '../errors.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { fixedClaim } from './claim.ts';
import { fixedDefinition } from './definition.ts';
import { fixedJob } from './job.ts';
import {
  fixedPriorityClass,
  fixedRevision,
  fixedSlice,
  fixedStatefulSet,
  fixedStorageClass,
  fixedVolume,
} from './others.ts';

/** What of an object may not change, by kind (rule I1). */
export const immutables: Readonly<Record<string, (object: KubeObject, before: KubeObject) => FieldError[]>> =
  {
    'ControllerRevision.apps': fixedRevision,
    'CustomResourceDefinition.apiextensions.k8s.io': fixedDefinition,
    'DaemonSet.apps': fixedSelector,
    'Deployment.apps': fixedSelector,
    'EndpointSlice.discovery.k8s.io': fixedSlice,
    'Job.batch': fixedJob,
    PersistentVolume: fixedVolume,
    PersistentVolumeClaim: fixedClaim,
    'PriorityClass.scheduling.k8s.io': fixedPriorityClass,
    'ReplicaSet.apps': fixedSelector,
    'StatefulSet.apps': fixedStatefulSet,
    'StorageClass.storage.k8s.io': fixedStorageClass,
    Pod: (object, before) =>
      sameJson(withoutImages(object.spec), withoutImages(before.spec))
        ? []
        : [
            forbiddenValue(
              'spec',
              'pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)',
            ),
          ],
    Service: (object, before) => {
      const [now, was] = [object.spec.clusterIP, before.spec.clusterIP];
      if (object.spec.type === 'ExternalName' || before.spec.type === 'ExternalName' || now === was)
        return [];
      return [invalidValue('spec.clusterIPs[0]', object.spec.clusterIPs, 'may not change once set')];
    },
    ConfigMap: fixedData,
    Secret: (object, before) => [
      ...(object.type === before.type ? [] : [invalidValue('type', object.type, 'field is immutable')]),
      ...fixedData(object, before),
    ],
    'RoleBinding.rbac.authorization.k8s.io': fixedRole,
    'ClusterRoleBinding.rbac.authorization.k8s.io': fixedRole,
  };

function fixedSelector(object: KubeObject, before: KubeObject): FieldError[] {
  return sameJson(object.spec.selector, before.spec.selector)
    ? []
    : [invalidValue('spec.selector', object.spec.selector, 'field is immutable')];
}

function withoutImages(spec: Json): Json {
  const { activeDeadlineSeconds: _, tolerations: __, ...rest } = spec;
  const blank = (list: Json) => (list ?? []).map((it: Json) => ({ ...it, image: '' }));
  return { ...rest, containers: blank(spec.containers), initContainers: blank(spec.initContainers) };
}

function fixedData(object: KubeObject, before: KubeObject): FieldError[] {
  if (before.immutable !== true) return [];
  const errors: FieldError[] = [];
  if (object.immutable !== true) {
    errors.push(forbiddenValue('immutable', 'field is immutable when `immutable` is set'));
  }
  for (const field of ['data', 'binaryData']) {
    if (!sameJson(object[field] ?? {}, before[field] ?? {})) {
      errors.push(forbiddenValue(field, 'field is immutable when `immutable` is set'));
    }
  }
  return errors;
}

function fixedRole(object: KubeObject, before: KubeObject): FieldError[] {
  if (sameJson(object.roleRef, before.roleRef)) return [];
  const { apiGroup, kind, name } = object.roleRef;
  const shown = { APIGroup: apiGroup, Kind: kind, Name: name };
  return [invalidValue('roleRef', shown, 'cannot change roleRef')];
}
