import { conditionsOf, conditionText, isCurrent } from '#domain/health/conditions.ts';
import { numberAt, recordAt, recordsAt, textAt, valueAt } from '#domain/health/live-fields.ts';
import {
  failed,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
  readyBut,
} from '#domain/health/rule.ts';
import type { LiveObject } from '#domain/live-object.ts';

/**
 * A PodDisruptionBudget (KUBERNETES.md §8): its controller found the pods that it speaks of. One that allows no
 * disruption though all is well holds up every node drain, which is a warning.
 */
export const disruptionBudgetHealth: HealthRule = (live, context) => {
  const broken = conditionsOf(live.status).find(({ reason }) => reason === 'SyncFailed');
  if (broken !== undefined && isCurrent(broken, live, context)) return failed(live, conditionText(broken));
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  const expected = count('expectedPods');
  if (expected === 0)
    return isForNothing(live, context) ? ready : progressing('its selector matches no pod yet');
  return count('disruptionsAllowed') === 0 && count('currentHealthy') >= expected
    ? readyBut('allows no disruption though all its pods are healthy: it blocks node drains')
    : ready;
};

// Workloads of the release that it selects, every one of them scaled to zero.
function isForNothing(live: LiveObject, { objects }: RuleContext): boolean {
  const selected = objects.filter(
    (object) =>
      object.metadata.namespace === live.metadata.namespace &&
      matches(live, recordAt(object, 'spec', 'template', 'metadata', 'labels')),
  );
  return selected.length > 0 && selected.every((object) => numberAt(object, 'spec', 'replicas') === 0);
}

function matches(live: LiveObject, labels: Readonly<Record<string, unknown>>): boolean {
  const wanted = Object.entries(recordAt(live, 'spec', 'selector', 'matchLabels'));
  const expressions = recordsAt(live, 'spec', 'selector', 'matchExpressions');
  return (
    wanted.length + expressions.length > 0 &&
    wanted.every(([key, value]) => labels[key] === value) &&
    expressions.every((expression) => holds(expression, labels[textAt(expression, 'key') ?? '']))
  );
}

function holds(expression: Readonly<Record<string, unknown>>, value: unknown): boolean {
  const values = valueAt(expression, 'values');
  const isListed = Array.isArray(values) && values.includes(value);
  const operators: Readonly<Record<string, boolean>> = {
    In: isListed,
    NotIn: !isListed,
    Exists: value !== undefined,
    DoesNotExist: value === undefined,
  };
  return operators[textAt(expression, 'operator') ?? ''] === true;
}
