import type { Cause } from '#domain/cause.ts';
import { occurrencesOf } from '#domain/cluster-events.ts';
import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { conditionOf, momentOf } from '#domain/live-object.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { Finding } from '#domain/pod-findings.ts';
import type { ClusterEvent, Deployment, ReplicaSet } from '#domain/workload.ts';

const quotaSeconds = 60;
const refusedAttempts = 2;

/** Pods that the API server refuses to create: no pod exists to tell, only the ReplicaSet does (E6). */
export function refusedPods(
  identity: ObjectIdentity,
  owner: ReplicaSet | Deployment,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Finding[] {
  const condition = conditionOf(owner.status, 'ReplicaFailure');
  if (condition?.status !== 'True') return [];
  const detail = condition.message ?? condition.reason ?? '';
  const cause: Cause = { rule: 'E6', object: identity, summary: 'its pods are refused', detail };
  const since = instant(Math.max(momentOf(condition.lastTransitionTime) ?? 0, context.appliedAt));
  const serviceAccount = /serviceaccount "([^"]+)" not found/i.exec(detail)?.[1];
  const awaited =
    serviceAccount !== undefined &&
    context.objects.some(
      ({ kind, metadata }) => kind === 'ServiceAccount' && metadata.name === serviceAccount,
    );
  if (awaited) return [{ cause, failed: false }];
  // While old pods end, a quota may free itself (surge).
  const limit = secondsAfter(since, quotaSeconds);
  if (/exceeded quota/.test(detail)) return [{ cause, failed: context.now >= limit, recheckAt: limit }];
  return [{ cause, ...afterAttempts(seen(evidence, '/Event'), owner, since, context) }];
}

function afterAttempts(
  events: readonly ClusterEvent[],
  owner: ReplicaSet | Deployment,
  since: Instant,
  { appliedAt, now }: HealthContext,
): Pick<Finding, 'failed' | 'recheckAt'> {
  const attempts = occurrencesOf(events, owner.metadata.uid, appliedAt)
    .filter(({ reason }) => reason === 'FailedCreate')
    .reduce((sum, { count }) => sum + count, 0);
  // Events may be dropped; the condition alone counts after a while.
  const recheckAt = secondsAfter(since, 5);
  return { failed: attempts >= refusedAttempts || now >= recheckAt, recheckAt };
}
