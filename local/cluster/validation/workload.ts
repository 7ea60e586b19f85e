import { type FieldError, forbiddenValue, invalidValue, required, unsupportedValue } from '../errors.ts';
import type { KubeObject } from '../object.ts';
import { matchesLabels } from '../selectors.ts';
import { validateLabels } from './metadata.ts';
import { validatePodSpec } from './pod-spec.ts';

/** What is wrong with a ReplicaSet, or with what a Deployment shares with one. */
export function validateWorkload(object: KubeObject): FieldError[] {
  const { spec } = object;
  const errors: FieldError[] = [];
  for (const field of ['replicas', 'minReadySeconds', 'revisionHistoryLimit']) {
    if (spec[field] < 0) {
      errors.push(invalidValue(`spec.${field}`, spec[field], 'must be greater than or equal to 0'));
    }
  }
  const selector = spec.selector;
  const empty =
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
  if (selector === undefined || selector === null) errors.push(required('spec.selector'));
  else if (empty) {
    errors.push(invalidValue('spec.selector', selector, 'empty selector is invalid for deployment'));
  }
  const labels = spec.template?.metadata?.labels;
  if (selector === undefined || (!empty && !matchesLabels(selector, labels ?? {}))) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  errors.push(...validateLabels('spec.template.labels', labels));
  errors.push(...validatePodSpec(spec.template?.spec ?? {}, 'spec.template.spec'));
  if (spec.template?.spec?.restartPolicy !== 'Always') {
    errors.push(
      unsupportedValue('spec.template.spec.restartPolicy', spec.template?.spec?.restartPolicy, ['Always']),
    );
  }
  if (
    spec.progressDeadlineSeconds !== undefined &&
    spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)
  ) {
    errors.push(
      invalidValue(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  }
  return errors;
}

/** What is wrong with a Deployment. */
export function validateDeployment(object: KubeObject): FieldError[] {
  const { type, rollingUpdate } = object.spec.strategy;
  const errors = validateWorkload(object);
  if (type === 'Recreate' && rollingUpdate !== undefined) {
    errors.push(
      forbiddenValue(
        'spec.strategy.rollingUpdate',
        "may not be specified when strategy `type` is 'Recreate'",
      ),
    );
  }
  if (!['Recreate', 'RollingUpdate'].includes(type)) {
    errors.push(unsupportedValue('spec.strategy.type', type, ['Recreate', 'RollingUpdate']));
  }
  return errors;
}
