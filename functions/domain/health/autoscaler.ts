import {
  conditionFrom,
  conditionsOf,
  conditionText,
  isCurrent,
  type LiveCondition,
  standsSince,
} from '#domain/health/conditions.ts';
import { recordsAt, textAt } from '#domain/health/live-fields.ts';
import {
  failed,
  failedAfter,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
  readyBut,
} from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';

const conditionsAnnotation = 'autoscaling.alpha.kubernetes.io/conditions';

// Two looks of its controller, which looks every 15 s: its target may be applied a moment after it.
const faultSeconds = 30;
// Metrics lag behind new pods.
const metricsSeconds = 180;

const faults: ReadonlySet<string> = new Set([
  'FailedGetScale',
  'FailedUpdateScale',
  'InvalidSelector',
  'AmbiguousSelector',
  'InvalidMetricSourceType',
]);

/**
 * A HorizontalPodAutoscaler (KUBERNETES.md §8). Without metrics it is progressing for three minutes, then ready with a
 * warning: new pods have none yet (Argo CD calls that degraded at once).
 */
export const autoscalerHealth: HealthRule = (live, context) => {
  const found = new Map(
    autoscalerConditions(live)
      .filter((condition) => isCurrent(condition, live, context))
      .map((condition) => [condition.type, condition]),
  );
  const able = found.get('AbleToScale');
  const active = found.get('ScalingActive');
  const fault = [able, active].find((each) => each?.status === 'False' && faults.has(each.reason));
  if (fault !== undefined) return faultOf(live, fault, context);
  if (able?.status !== 'True')
    return progressing(able === undefined ? 'its controller has not looked at it yet' : conditionText(able));
  if (active === undefined) return progressing('has not asked for its metrics yet');
  return active.status === 'True' || active.reason === 'ScalingDisabled'
    ? ready
    : withoutMetrics(active, context);
};

function faultOf(live: LiveObject, fault: LiveCondition, context: RuleContext): Health {
  const verdict = failed(live, conditionText(fault));
  return failedAfter(faultSeconds, standsSince(fault, context), context, verdict);
}

function withoutMetrics(active: LiveCondition, context: RuleContext): Health {
  const recheckAt = secondsAfter(standsSince(active, context), metricsSeconds);
  const text = conditionText(active);
  return context.now >= recheckAt ? readyBut(text) : progressing(text, { recheckAt });
}

// Of v1 the server puts them into an annotation.
function autoscalerConditions(live: LiveObject): readonly LiveCondition[] {
  const own = conditionsOf(live.status);
  if (own.length > 0) return own;
  try {
    const parsed: unknown = JSON.parse(textAt(live, 'metadata', 'annotations', conditionsAnnotation) ?? '[]');
    return recordsAt({ parsed }, 'parsed').map(conditionFrom);
  } catch {
    // What isn't JSON wasn't written by the server: it tells nothing.
    return [];
  }
}
