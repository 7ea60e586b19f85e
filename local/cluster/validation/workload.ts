import { type FieldError, forbiddenValue, invalidValue, required, unsupportedValue } from '../errors.ts';
import type { Json, KubeObject } from '../object.ts';
import { matchesLabels } from '../selectors.ts';
import { nonNegative } from './checks.ts';
import { validateLabels } from './metadata.ts';
import { validatePodSpec } from './pod-spec.ts';

const counts = ['replicas', 'minReadySeconds', 'revisionHistoryLimit'];

/** What is wrong with a selector and the template that it has to select. */
function validateSelected(spec: Json, word: string): FieldError[] {
  const errors: FieldError[] = [];
  const { selector } = spec;
  const isEmpty =
    Object.keys(selector?.matchLabels ?? {}).length === 0 && (selector?.matchExpressions ?? []).length === 0;
  if (selector === undefined || selector === null) errors.push(required('spec.selector'));
  else if (isEmpty) {
    errors.push(invalidValue('spec.selector', selector, `empty selector is invalid for ${word}`));
  }
  const labels = spec.template?.metadata?.labels;
  if (selector === undefined || (!isEmpty && !matchesLabels(selector, labels ?? {}))) {
    errors.push(
      invalidValue('spec.template.metadata.labels', labels, '`selector` does not match template `labels`'),
    );
  }
  errors.push(...validateLabels('spec.template.labels', labels));
  return errors;
}

function validateTemplate(spec: Json, volumes: readonly string[] = []): FieldError[] {
  const errors = validatePodSpec(spec.template?.spec ?? {}, 'spec.template.spec', volumes);
  const restartPolicy = spec.template?.spec?.restartPolicy;
  if (restartPolicy !== 'Always') {
    errors.push(unsupportedValue('spec.template.spec.restartPolicy', restartPolicy, ['Always']));
  }
  return errors;
}

/** What is wrong with a ReplicaSet, or with what a Deployment shares with one. */
export function validateWorkload({ spec }: KubeObject, word = 'deployment'): FieldError[] {
  return [...nonNegative(spec, 'spec', counts), ...validateSelected(spec, word), ...validateTemplate(spec)];
}

/** What is wrong with a Deployment. */
export function validateDeployment(object: KubeObject): FieldError[] {
  const { spec } = object;
  const { type, rollingUpdate } = spec.strategy;
  const errors = validateWorkload(object);
  if (spec.progressDeadlineSeconds <= (spec.minReadySeconds ?? 0)) {
    errors.push(
      invalidValue(
        'spec.progressDeadlineSeconds',
        spec.progressDeadlineSeconds,
        'must be greater than minReadySeconds',
      ),
    );
  }
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
  if (isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    errors.push(
      invalidValue(
        'spec.strategy.rollingUpdate.maxUnavailable',
        rollingUpdate.maxUnavailable,
        'may not be 0 when `maxSurge` is 0',
      ),
    );
  }
  return errors;
}

function isZero(amount: Json): boolean {
  return amount === 0 || amount === '0%';
}

/** What is wrong with a StatefulSet. */
export function validateStatefulSet({ spec }: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const { podManagementPolicy, updateStrategy } = spec;
  if (!['OrderedReady', 'Parallel'].includes(podManagementPolicy)) {
    const text = "must be 'OrderedReady' or 'Parallel'";
    errors.push(invalidValue('spec.podManagementPolicy', podManagementPolicy, text));
  }
  if (updateStrategy.type === 'OnDelete' && updateStrategy.rollingUpdate !== undefined) {
    const text = "only allowed for updateStrategy 'RollingUpdate'";
    errors.push(invalidValue('spec.updateStrategy.rollingUpdate', updateStrategy.rollingUpdate, text));
  }
  if (!['RollingUpdate', 'OnDelete'].includes(updateStrategy.type)) {
    const text = "must be 'RollingUpdate' or 'OnDelete'";
    errors.push(invalidValue('spec.updateStrategy', updateStrategy, text));
  }
  const claims: string[] = (spec.volumeClaimTemplates ?? []).map((it: Json) => it.metadata?.name);
  return [
    ...errors,
    ...nonNegative(spec, 'spec', counts),
    ...validateSelected(spec, 'statefulset'),
    ...validateTemplate(spec, claims),
  ];
}

/** What is wrong with a DaemonSet. */
export function validateDaemonSet({ spec }: KubeObject): FieldError[] {
  const { type, rollingUpdate } = spec.updateStrategy;
  const errors: FieldError[] = [];
  if (isZero(rollingUpdate?.maxUnavailable) && isZero(rollingUpdate?.maxSurge)) {
    errors.push(
      required('spec.updateStrategy.rollingUpdate.maxUnavailable', 'cannot be 0 when maxSurge is 0'),
    );
  }
  if (!['RollingUpdate', 'OnDelete'].includes(type)) {
    errors.push(unsupportedValue('spec.updateStrategy.type', type, ['RollingUpdate', 'OnDelete']));
  }
  return [
    ...validateSelected(spec, 'daemonset'),
    ...validateTemplate(spec),
    ...nonNegative(spec, 'spec', counts),
    ...errors,
  ];
}
