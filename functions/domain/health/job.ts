import { conditionsOf, type LiveCondition } from '#domain/health/conditions.ts';
import { numberAt, recordsAt, textAt, valueAt } from '#domain/health/live-fields.ts';
import { failed, type HealthRule, progressing, ready, readyBut, shortOf } from '#domain/health/rule.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { momentOf } from '#domain/live-object.ts';

/**
 * A Job (KUBERNETES.md §8, E13): done when its controller says so. A running one is progressing (kstatus takes it as
 * current once it has started), and `FailureTarget` is its failure before its last pod has ended.
 */
export const jobHealth: HealthRule = (live) => {
  const is = (type: string): LiveCondition | undefined =>
    conditionsOf(live.status).find((condition) => condition.type === type && condition.status === 'True');
  const failure = is('Failed') ?? is('FailureTarget');
  if (failure !== undefined) return failed(live, `the Job failed${reasonOf(failure)}`, failure.message);
  if (is('Complete') !== undefined) return ready;
  if (valueAt(live, 'spec', 'suspend') === true || is('Suspended') !== undefined)
    return { verdict: 'suspended', reason: 'is suspended (spec.suspend)' };
  if (is('SuccessCriteriaMet') !== undefined) return progressing('succeeded; its last pods are ending');
  return progressing(progressOf(live));
};

function reasonOf({ reason }: LiveCondition): string {
  return reason === '' ? '' : `: ${reason}`;
}

function progressOf(live: LiveObject): string {
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  if (textAt(live, 'status', 'startTime') === undefined) return 'has not started yet';
  const completions = numberAt(live, 'spec', 'completions') ?? 1;
  const failures = count('failed') > 0 ? `, ${count('failed')} pods failed so far` : '';
  return `${shortOf(count('succeeded'), completions, 'completions')}${failures}`;
}

/** A CronJob (§8): accepted is ready. That a run failed is its Job's matter, and told as a warning. */
export const cronJobHealth: HealthRule = (live) => {
  if (valueAt(live, 'spec', 'suspend') === true)
    return { verdict: 'suspended', reason: 'is suspended (spec.suspend)' };
  return didLastRunFail(live) ? readyBut('its last run has not succeeded') : ready;
};

function didLastRunFail(live: LiveObject): boolean {
  const scheduledAt = momentOf(textAt(live, 'status', 'lastScheduleTime'));
  const succeededAt = momentOf(textAt(live, 'status', 'lastSuccessfulTime'));
  const isRunning = recordsAt(live, 'status', 'active').length > 0;
  return scheduledAt !== undefined && !isRunning && (succeededAt ?? 0) < scheduledAt;
}
