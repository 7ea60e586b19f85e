import { type FieldError, invalidValue, required, unsupportedValue } from '../errors.ts';
import { type Json, type KubeObject, sameJson } from '../object.ts';
import { parseSchedule } from '../schedule.ts';
import { need, nonNegative, oneOf, unchanged } from './checks.ts';
import { goTemplate } from './go-view.ts';
import { validatePodSpec } from './pod-spec.ts';

/** What is wrong with a Job. */
export function validateJob({ spec }: KubeObject): FieldError[] {
  return validateJobSpec(spec, 'spec');
}

const counts = [
  'parallelism',
  'completions',
  'activeDeadlineSeconds',
  'backoffLimit',
  'ttlSecondsAfterFinished',
  'backoffLimitPerIndex',
  'maxFailedIndexes',
];

function validateJobSpec(spec: Json, at: string): FieldError[] {
  const errors = nonNegative(spec, at, counts);
  errors.push(...oneOf(spec, at, 'completionMode', ['NonIndexed', 'Indexed']));
  if (spec.completionMode === 'Indexed' && spec.completions === undefined) {
    errors.push(required(`${at}.completions`, 'when completion mode is Indexed'));
  }
  if (spec.completionMode !== 'Indexed' && spec.backoffLimitPerIndex !== undefined) {
    const text = 'requires indexed completion mode';
    errors.push(invalidValue(`${at}.backoffLimitPerIndex`, spec.backoffLimitPerIndex, text));
  }
  errors.push(...validatePodSpec(spec.template?.spec ?? {}, `${at}.template.spec`));
  return [...errors, ...validateRestarts(spec, `${at}.template.spec.restartPolicy`)];
}

function validateRestarts(spec: Json, at: string): FieldError[] {
  const policy = spec.template?.spec?.restartPolicy;
  if (policy === 'Always') return [required(at, 'valid values: "OnFailure", "Never"')];
  if (!['OnFailure', 'Never'].includes(policy)) return [unsupportedValue(at, policy, ['OnFailure', 'Never'])];
  if (spec.podFailurePolicy === undefined || policy === 'Never') return [];
  return [invalidValue(at, policy, 'only "Never" is supported when podFailurePolicy is specified')];
}

const fixed = ['completionMode', 'podFailurePolicy', 'backoffLimitPerIndex', 'managedBy', 'successPolicy'];

/** What of a Job may not change: I1. */
export function fixedJob({ spec }: KubeObject, { spec: before, status }: KubeObject): FieldError[] {
  const isIndexed = spec.completionMode === 'Indexed' && spec.completions === spec.parallelism;
  const errors = isIndexed ? [] : unchanged(spec, before, 'spec', ['completions']);
  errors.push(...unchanged(spec, before, 'spec', ['selector']));
  const canSchedule = before.suspend === true && status?.startTime === undefined;
  const [now, was] = [spec.template, before.template].map((it) => (canSchedule ? withoutScheduling(it) : it));
  if (!sameJson(now, was)) {
    errors.push(invalidValue('spec.template', goTemplate(spec.template), 'field is immutable'));
  }
  return [...errors, ...unchanged(spec, before, 'spec', fixed)];
}

/** A job that never ran may still be told where to run. */
function withoutScheduling({ metadata: _, spec }: Json): Json {
  const { affinity: __, nodeSelector: ___, tolerations: ____, schedulingGates: _____, ...rest } = spec;
  return rest;
}

/** What is wrong with a CronJob. */
export function validateCronJob({ spec }: KubeObject): FieldError[] {
  const errors = need(spec, 'spec', ['schedule']);
  if (spec.schedule) {
    const parsed = parseSchedule(spec.schedule);
    if ('error' in parsed) errors.push(invalidValue('spec.schedule', spec.schedule, parsed.error));
  }
  if (spec.timeZone !== undefined && !isTimeZone(spec.timeZone)) {
    errors.push(invalidValue('spec.timeZone', spec.timeZone, `unknown time zone ${spec.timeZone}`));
  }
  errors.push(...nonNegative(spec, 'spec', ['startingDeadlineSeconds']));
  errors.push(...oneOf(spec, 'spec', 'concurrencyPolicy', ['Allow', 'Forbid', 'Replace']));
  errors.push(...validateJobSpec(spec.jobTemplate?.spec ?? {}, 'spec.jobTemplate.spec'));
  return [...errors, ...nonNegative(spec, 'spec', ['successfulJobsHistoryLimit', 'failedJobsHistoryLimit'])];
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
