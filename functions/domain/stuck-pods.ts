import { evidenceKey, type RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { secondsAfter } from '#domain/instant.ts';
import { conditionOf, type LiveObject, momentOf } from '#domain/live-object.ts';
import { identityOf } from '#domain/manifest.ts';
import { containerViews } from '#domain/pod-signals.ts';
import { isRemedied, type Remedy } from '#domain/remedy.ts';
import type { Pod, StatefulSet } from '#domain/workload.ts';
import { supersededPods } from '#domain/workload-revision.ts';

// One that is only just starting may yet be ready, and is then replaced in its turn.
const patienceSeconds = 5;

/**
 * Pods of a superseded revision that are not ready: a StatefulSet waits for them before it replaces them, and so for
 * ever (§8, seen on 1.36: 45 s after the good template was applied both still ran the bad one). Deleting them heals it.
 */
export function stuckPods(
  live: LiveObject,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly Remedy[] {
  if (evidenceKey(live) !== 'apps/StatefulSet') return [];
  return supersededPods(live as StatefulSet, evidence)
    .filter((pod) => isStuck(pod, evidence, context) && !isRemedied(context.remedied, pod.metadata.uid))
    .map(({ metadata }) => ({
      kind: 'superseded-revision',
      object: identityOf(live),
      pod: { namespace: metadata.namespace ?? 'default', name: metadata.name, uid: metadata.uid ?? '' },
      reason: 'it is of a superseded revision and not ready, and its StatefulSet waits for it',
    }));
}

function isStuck(pod: Pod, evidence: RolloutEvidence, context: HealthContext): boolean {
  const ready = conditionOf(pod.status, 'Ready');
  if (ready?.status === 'True' || context.now < secondsAfter(context.appliedAt, patienceSeconds))
    return false;
  const since = momentOf(ready?.lastTransitionTime) ?? momentOf(pod.metadata.creationTimestamp);
  const isLong = since === undefined || context.now >= secondsAfter(since, patienceSeconds);
  const hasFailed = containerViews(pod, evidence, context).some(
    ({ status }) => (status.restartCount ?? 0) > 0 || status.state?.terminated !== undefined,
  );
  return isLong || hasFailed;
}
