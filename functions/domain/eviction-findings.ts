import { occurrencesOf } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { conditionOf } from '#domain/live-object.ts';
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
      lasting: false,
    },
  ];
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
