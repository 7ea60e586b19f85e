import { occurrencesOf } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { conditionOf, momentOf } from '#domain/live-object.ts';
import type { Finding, PodOwner } from '#domain/pod-findings.ts';
import type { Pod } from '#domain/workload.ts';

const nodeReasons = new Set([
  'Evicted',
  'Preempting',
  'Preempted',
  'NodeLost',
  'NodeShutdown',
  'Shutdown',
  'Terminated',
  'NodeAffinity',
  'UnexpectedAdmissionError',
]);
// The pod's own limits, not its node's shortage.
const ownLimit = /exceed(s|ed) (the total limit|its local ephemeral storage limit|.* limit)|usage exceeds/i;
const terminalEvictions = 3;

/** True for a pod that its node or the cluster has ended: that is not the release's fault (KUBERNETES.md E12). */
export function isEvicted({ status }: Pod): boolean {
  if (conditionOf(status, 'DisruptionTarget')?.status === 'True') return true;
  return (
    status?.phase === 'Failed' && (nodeReasons.has(status.reason ?? '') || /^OutOf/.test(status.reason ?? ''))
  );
}

/** Pods that were evicted again and again for limits of their own (E12): that is the release's fault. */
export function evictionFindings(
  owner: PodOwner,
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): readonly Finding[] {
  const evicted = pods.flatMap((pod) => {
    const words = evictionWords(pod, evidence, appliedAt);
    return words !== undefined && ownLimit.test(words) ? [{ pod, words }] : [];
  });
  const last = evicted.at(-1);
  if (last === undefined) return [];
  const { namespace = 'default', name } = last.pod.metadata;
  return [
    {
      cause: {
        rule: 'E12',
        object: owner.identity,
        ...(owner.uid === undefined ? {} : { uid: owner.uid }),
        summary: `its pods are evicted for their own limits (${evicted.length} so far)`,
        detail: last.words,
        pod: { namespace, name },
      },
      failed: evicted.length >= terminalEvictions,
    },
  ];
}

// After one such eviction the next is some housekeeping rounds away: calm must last longer than a window.
const calmSeconds = 50;

/** The moment from which the stability window begins after pods were evicted for limits of their own (E12, E15). */
export function evictionDisturbance(pods: readonly Pod[]): Instant | undefined {
  const moments = pods
    .filter(({ status }) => ownLimit.test(status?.message ?? ''))
    .flatMap(({ status }) =>
      (status?.conditions ?? []).map(({ lastTransitionTime }) => momentOf(lastTransitionTime) ?? 0),
    );
  return moments.length === 0 ? undefined : secondsAfter(instant(Math.max(...moments)), calmSeconds);
}

function evictionWords(
  pod: Pod,
  evidence: RolloutEvidence,
  appliedAt: HealthContext['appliedAt'],
): string | undefined {
  if (pod.status?.reason === 'Evicted' && pod.status.message !== undefined) return pod.status.message;
  return occurrencesOf(evidence, pod.metadata.uid, appliedAt).findLast(({ reason }) => reason === 'Evicted')
    ?.message;
}
