import { conditionNamed, standsSince } from '#domain/health/conditions.ts';
import { failed, failedAfter, type RuleContext } from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

const quotaSeconds = 60;
// By then its controller has asked several times and got the same answer; the events, where they are seen, say so earlier.
const refusalSeconds = 5;

/** What `ReplicaFailure=True` amounts to (E6): pods that the API server refuses; undefined when none are. */
export function replicaFailure(live: LiveObject, context: RuleContext): Health | undefined {
  const condition = conditionNamed(live, 'ReplicaFailure', context);
  if (condition?.status !== 'True') return undefined;
  const detail = condition.message === '' ? condition.reason : condition.message;
  const seconds = secondsOf(detail, context);
  const verdict = failed(live, 'its pods are refused', detail, 'E6');
  return failedAfter(seconds, standsSince(condition, context), context, verdict);
}

function secondsOf(detail: string, { objects }: RuleContext): number {
  const serviceAccount = /serviceaccount "([^"]+)" not found/i.exec(detail)?.[1];
  const isAwaited = objects.some(
    ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === serviceAccount,
  );
  if (isAwaited) return Number.POSITIVE_INFINITY;
  // While old pods end, a quota may free itself (surge).
  return /exceeded quota/.test(detail) ? quotaSeconds : refusalSeconds;
}
