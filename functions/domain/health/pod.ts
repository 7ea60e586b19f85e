import { conditionsOf, standsSince } from '#domain/health/conditions.ts';
import { recordsAt, textAt, valueAt } from '#domain/health/live-fields.ts';
import { lastTerminationOf, troubledContainer } from '#domain/health/pod-container.ts';
import {
  failed,
  failedAfter,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
} from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import { instant } from '#domain/instant.ts';
import { type LiveObject, momentOf } from '#domain/live-object.ts';

/**
 * A bare Pod by its own status alone (KUBERNETES.md §8, §9): one that is to run for ever must be Ready, one that is to
 * end must have succeeded. A failed one has failed (kstatus calls it current), for nothing starts it again.
 */
export const podHealth: HealthRule = (live, context) => {
  const phase = textAt(live, 'status', 'phase');
  if (phase === 'Succeeded') return ready;
  if (phase === 'Failed') return failed(live, failureText(live), textAt(live, 'status', 'message'), 'E2');
  const restarts = textAt(live, 'spec', 'restartPolicy') ?? 'Always';
  const runsForEver = restarts === 'Always';
  if (runsForEver && isReady(live)) return { verdict: 'ready', ...disturbance(live, context) };
  const trouble = troubledContainer(live, restarts, context);
  if (trouble !== undefined) return trouble;
  if (phase === 'Unknown') return { verdict: 'unknown', reason: 'its node does not answer (phase Unknown)' };
  return unscheduled(live, context) ?? progressing(waitingText(live, runsForEver));
};

function isReady(live: LiveObject): boolean {
  return conditionsOf(live.status).some(({ type, status }) => type === 'Ready' && status === 'True');
}

function failureText(live: LiveObject): string {
  const reason = textAt(live, 'status', 'reason');
  const ended = recordsAt(live, 'status', 'containerStatuses')
    .map((container) => ({
      name: textAt(container, 'name'),
      exit: valueAt(container, 'state', 'terminated', 'exitCode'),
    }))
    .find(({ exit }) => exit !== undefined && exit !== 0);
  if (reason !== undefined) return `the pod failed: ${reason}`;
  return ended === undefined
    ? 'the pod failed'
    : `container '${ended.name}' ended with exit code ${ended.exit}`;
}

// A restart since the apply starts the stability window anew (E15).
function disturbance(live: LiveObject, { appliedAt }: RuleContext) {
  const moments = recordsAt(live, 'status', 'containerStatuses')
    .flatMap((container) => momentOf(textAt(lastTerminationOf(container), 'finishedAt')) ?? [])
    .filter((moment) => moment >= appliedAt);
  return moments.length === 0 ? {} : { disturbedAt: instant(Math.max(...moments)) };
}

// What no node and no autoscaler cures; anything else may be waiting for one (E7, E8).
const incurable = /persistentvolumeclaim "[^"]+" not found/;
const incurableSeconds = 30;

function unscheduled(live: LiveObject, context: RuleContext): Health | undefined {
  const condition = conditionsOf(live.status).find(({ type }) => type === 'PodScheduled');
  if (condition?.status !== 'False') return undefined;
  const message = condition.message === '' ? condition.reason : condition.message;
  if (!incurable.test(message))
    return progressing(`is not scheduled: ${message}`, { blockedBy: 'scheduler' });
  const verdict = failed(live, 'cannot be scheduled', message, 'E7');
  return failedAfter(incurableSeconds, standsSince(condition, context), context, verdict);
}

function waitingText(live: LiveObject, runsForEver: boolean): string {
  const phase = textAt(live, 'status', 'phase');
  if (phase === undefined) return 'its kubelet has not seen it yet';
  return runsForEver ? `is ${phase.toLowerCase()}, not ready` : `is ${phase.toLowerCase()}, not ended`;
}
