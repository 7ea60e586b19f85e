import { clockSlackMilliseconds } from '#domain/cluster-events.ts';
import { conditionsOf, type LiveCondition } from '#domain/health/conditions.ts';
import { numberAt, valueAt } from '#domain/health/live-fields.ts';
import { replicaFailure } from '#domain/health/replica-failure.ts';
import {
  failed,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
  shortOf,
} from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

// What the API takes for "no deadline".
const noDeadline = 2_147_483_647;

/**
 * A Deployment by its own status (KUBERNETES.md §8), strictly: every new pod available and every old one gone. Helm 3
 * lets `maxUnavailable` pods be missing, kstatus waits for ever on a paused one, Helm 4 calls that ready.
 */
export const deploymentHealth: HealthRule = (live, context) => {
  if (valueAt(live, 'spec', 'paused') === true)
    return { verdict: 'suspended', reason: 'is paused (spec.paused)' };
  const replicas = numberAt(live, 'spec', 'replicas') ?? 1;
  const refused = replicas === 0 ? undefined : replicaFailure(live, context);
  // A refusal explains the deadline that it makes the rollout miss (G1).
  if (refused?.verdict === 'failed') return refused;
  const outcome = exceededDeadline(live, replicas, context) ?? refused;
  if (outcome !== undefined) return outcome;
  const missing = missingOf(live, replicas);
  return missing === undefined ? ready : progressing(missing);
};

// Only one from after the apply: the next rollout starts with the last one's condition (H1).
function exceededDeadline(live: LiveObject, replicas: number, context: RuleContext): Health | undefined {
  const condition = conditionsOf(live.status).find(({ type }) => type === 'Progressing');
  if (condition?.reason !== 'ProgressDeadlineExceeded' || !isSinceApply(condition, context)) return undefined;
  const seconds = numberAt(live, 'spec', 'progressDeadlineSeconds') ?? 600;
  const missing = missingOf(live, replicas) ?? condition.message;
  return failed(live, `exceeded its progress deadline of ${seconds} s: ${missing}`, condition.message, 'H4');
}

function isSinceApply({ updatedAt, changedAt }: LiveCondition, { appliedAt, now }: RuleContext): boolean {
  // Of one without a time nothing else can be known than that it stands.
  return Math.max(updatedAt ?? changedAt ?? now, changedAt ?? 0) >= appliedAt - clockSlackMilliseconds;
}

/** The first clause of the ready rule that doesn't hold, in words. */
function missingOf(live: LiveObject, replicas: number): string | undefined {
  const count = (field: string) => numberAt(live, 'status', field) ?? 0;
  const total = count('replicas');
  if (replicas === 0) return total === 0 ? undefined : `${total} pods still to end`;
  const updated = count('updatedReplicas');
  if (updated < replicas) return shortOf(updated, replicas, 'new pods created');
  if (total > updated) return `${total - updated} old pods still to end`;
  if (count('readyReplicas') < replicas) return shortOf(count('readyReplicas'), replicas, 'pods ready');
  if (count('availableReplicas') < replicas)
    return shortOf(count('availableReplicas'), replicas, 'pods available');
  return notDeclaredComplete(live);
}

function notDeclaredComplete(live: LiveObject): string | undefined {
  const conditions = conditionsOf(live.status);
  if (conditions.find(({ type }) => type === 'Available')?.status !== 'True') return 'not available yet';
  const deadline = numberAt(live, 'spec', 'progressDeadlineSeconds') ?? noDeadline;
  const isComplete =
    conditions.find(({ type }) => type === 'Progressing')?.reason === 'NewReplicaSetAvailable';
  return deadline === noDeadline || isComplete ? undefined : 'its controller has not finished the rollout';
}
