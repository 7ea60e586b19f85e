import { type Cause, readyRuleOf } from '#domain/cause.ts';
import { occurrencesOf } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';

const failing = new Set(['FailedBuildModel', 'FailedDeployModel', 'SyncLoadBalancerFailed']);
const succeeding = new Set(['SuccessfullyReconciled', 'EnsuredLoadBalancer']);
const terminalFailures = 3;

/** What a load-balancer controller has failed at again and again since it last succeeded (KUBERNETES.md §8). */
export function trafficFailure(
  live: LiveObject,
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): Cause | undefined {
  const seen = occurrencesOf(evidence, live.metadata.uid, appliedAt);
  const succeededAt = seen.findLast(({ reason }) => succeeding.has(reason))?.lastSeen ?? 0;
  const failures = seen.filter(({ reason, lastSeen }) => failing.has(reason) && lastSeen > succeededAt);
  const last = failures.at(-1);
  if (last === undefined || failures.reduce((sum, { count }) => sum + count, 0) < terminalFailures)
    return undefined;
  const identity = identityOf(live);
  return {
    rule: readyRuleOf(identity),
    object: identity,
    ...(live.metadata.uid === undefined ? {} : { uid: live.metadata.uid }),
    summary: `its controller cannot make its load balancer (${last.reason})`,
    detail: last.message,
  };
}
