import { conditionsOf, conditionText, isCurrent, type LiveCondition } from '#domain/health/conditions.ts';
import { negativeCondition } from '#domain/health/custom.ts';
import { recordsAt, textAt } from '#domain/health/live-fields.ts';
import { failed, type HealthRule, progressing, type RuleContext, ready } from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

const controller = 'gateway controller';

/** A Gateway (KUBERNETES.md §8): accepted and programmed, each of its listeners too. */
export const gatewayHealth: HealthRule = (live, context) => {
  const accepted = current(live, live.status, 'Accepted', context);
  // Pending is how every Gateway begins: nobody has refused it.
  if (accepted?.status === 'False' && accepted.reason !== 'Pending')
    return failed(live, conditionText(accepted));
  return (
    unmet(live, accepted, 'Accepted', context) ??
    unmet(live, current(live, live.status, 'Programmed', context), 'Programmed', context) ??
    unmetListener(live, context) ??
    ready
  );
};

function unmetListener(live: LiveObject, context: RuleContext): Health | undefined {
  const statuses = recordsAt(live, 'status', 'listeners');
  for (const listener of recordsAt(live, 'spec', 'listeners')) {
    const name = textAt(listener, 'name') ?? '';
    const status = statuses.find((each) => textAt(each, 'name') === name);
    const found = unmet(live, current(live, status, 'Programmed', context), `listener '${name}'`, context);
    if (found !== undefined) return found;
  }
  return undefined;
}

function current(
  live: LiveObject,
  part: unknown,
  type: string,
  context: RuleContext,
): LiveCondition | undefined {
  const condition = conditionsOf(part).find((each) => each.type === type);
  return condition !== undefined && isCurrent(condition, live, context) ? condition : undefined;
}

/** The verdict while a condition is not True; undefined once it is. */
function unmet(
  live: LiveObject,
  condition: LiveCondition | undefined,
  what: string,
  context: RuleContext,
): Health | undefined {
  if (condition?.status === 'True') return undefined;
  if (condition === undefined)
    return progressing(`${what}: its controller has not said`, { blockedBy: controller });
  return negativeCondition(live, condition, context, controller);
}
