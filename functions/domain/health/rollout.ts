import { conditionsOf, conditionText } from '#domain/health/conditions.ts';
import { numberAt, recordsAt, textAt, valueAt } from '#domain/health/live-fields.ts';
import { failed, type HealthRule, progressing, ready, shortOf } from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

/**
 * An Argo Rollout (KUBERNETES.md §8): by the phase that its controller writes since 1.0, else by what it did write. A
 * pause is a person's or a step's, so the rollout is suspended.
 */
export const rolloutHealth: HealthRule = (live) => {
  const pauses = recordsAt(live, 'status', 'pauseConditions');
  if (valueAt(live, 'status', 'controllerPause') === true && pauses.length === 0)
    return progressing('is about to go on after a pause');
  return byPhase(live) ?? byFields(live);
};

function byPhase(live: LiveObject): Health | undefined {
  const message = textAt(live, 'status', 'message') ?? '';
  switch (textAt(live, 'status', 'phase')) {
    case 'Healthy':
      return ready;
    case 'Degraded':
      return failed(live, `is degraded${message === '' ? '' : `: ${message}`}`);
    case 'Paused':
      return { verdict: 'suspended', reason: message === '' ? 'is paused' : `is paused: ${message}` };
    case 'Progressing':
      return progressing(message === '' ? 'is progressing' : message);
    default:
      return undefined;
  }
}

const failures: ReadonlySet<string> = new Set(['RolloutAborted', 'ProgressDeadlineExceeded']);

function byFields(live: LiveObject): Health {
  const fault = conditionsOf(live.status).find(
    ({ type, status, reason }) => (type === 'InvalidSpec' && status !== 'False') || failures.has(reason),
  );
  if (fault !== undefined) return failed(live, conditionText(fault));
  const pause = recordsAt(live, 'status', 'pauseConditions')[0];
  if (valueAt(live, 'spec', 'paused') === true || pause !== undefined)
    return { verdict: 'suspended', reason: `is paused: ${textAt(pause, 'reason') ?? 'spec.paused'}` };
  const missing = missingPods(live) ?? pendingSwitch(live) ?? leftOverPods(live);
  return missing === undefined ? ready : progressing(missing);
}

function missingPods(live: LiveObject): string | undefined {
  const replicas = numberAt(live, 'spec', 'replicas') ?? 1;
  const updated = numberAt(live, 'status', 'updatedReplicas') ?? 0;
  return updated < replicas ? shortOf(updated, replicas, 'new pods created') : undefined;
}

// The revision that traffic goes to is named by its pods' hash. Before 1.0 only a canary had a stable one, elsewhere.
function pendingSwitch(live: LiveObject): string | undefined {
  const hash = textAt(live, 'status', 'currentPodHash');
  const stable = textAt(live, 'status', 'stableRS') ?? textAt(live, 'status', 'canary', 'stableRS');
  const isBlueGreen = valueAt(live, 'spec', 'strategy', 'blueGreen') !== undefined;
  if (!isBlueGreen) return stable === undefined || stable !== hash ? 'its steps are not all done' : undefined;
  const active = textAt(live, 'status', 'blueGreen', 'activeSelector');
  if (active === undefined || active !== hash) return 'the active service still leads to the revision before';
  return stable === undefined || stable === hash ? undefined : 'its analysis is not done';
}

function leftOverPods(live: LiveObject): string | undefined {
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  const replicas = numberAt(live, 'spec', 'replicas') ?? 1;
  const left = count('replicas') - count('updatedReplicas');
  // Blue/green keeps the old pods a while on purpose, to be able to go back.
  if (left > 0 && valueAt(live, 'spec', 'strategy', 'blueGreen') === undefined)
    return `${left} old pods still to end`;
  return count('availableReplicas') < replicas
    ? shortOf(count('availableReplicas'), replicas, 'pods available')
    : undefined;
}
