import { type FieldError, required } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import type { KubeObject } from '../object.ts';
import { validateDataKeys, validateSecret } from './data.ts';
import { immutables } from './immutable.ts';
import { validateMetadata } from './metadata.ts';
import { validatePodSpec } from './pod-spec.ts';
import { validateService } from './service.ts';
import { validateDeployment, validateWorkload } from './workload.ts';

const validators: Readonly<Record<string, (object: KubeObject) => FieldError[]>> = {
  Deployment: validateDeployment,
  ReplicaSet: validateWorkload,
  Pod: (object) => validatePodSpec(object.spec, 'spec'),
  Service: validateService,
  ConfigMap: (object) => validateDataKeys(object),
  Secret: (object) => [...validateDataKeys(object), ...validateSecret(object)],
  RoleBinding: validateBinding,
  ClusterRoleBinding: validateBinding,
};

function validateBinding(object: KubeObject): FieldError[] {
  return object.roleRef?.name ? [] : [required('roleRef.name')];
}

/** What is wrong with an object that is to be stored; `before` is what it replaces. */
export function validate(kind: Kind, object: KubeObject, before: KubeObject | undefined): FieldError[] {
  const own = validators[kind.kind]?.(object) ?? [];
  const fixed = before === undefined ? [] : (immutables[kind.kind]?.(object, before) ?? []);
  const metadata = validateMetadata(kind, object, before);
  return kind.kind === 'Secret' ? [...metadata, ...fixed, ...own] : [...metadata, ...own, ...fixed];
}
