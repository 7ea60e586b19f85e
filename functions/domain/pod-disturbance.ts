import { occurrencesOf } from '#domain/cluster-events.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import type { Pod } from '#domain/workload.ts';

const disturbing = (reason: string, message: string): boolean =>
  reason === 'BackOff' || reason === 'Failed' || (reason === 'Unhealthy' && message.startsWith('Liveness'));

/** When the new pods were last restarted, killed or refused something: the stability window begins again there (E15). */
export function lastDisturbance(
  pods: readonly Pod[],
  evidence: RolloutEvidence,
  { appliedAt }: HealthContext,
): Instant | undefined {
  const moments = pods
    .flatMap((pod) => [
      ...endings(pod),
      ...occurrencesOf(evidence, pod.metadata.uid, appliedAt)
        .filter(({ reason, message }) => disturbing(reason, message))
        .map(({ lastSeen }) => lastSeen),
    ])
    .filter((moment) => moment >= appliedAt);
  return moments.length === 0 ? undefined : instant(Math.max(...moments));
}

// Init containers end as they should; a sidecar among them that does not is seen by its BackOff.
function endings({ status }: Pod): readonly Instant[] {
  return (status?.containerStatuses ?? [])
    .flatMap(({ state, lastState }) => [state?.terminated?.finishedAt, lastState?.terminated?.finishedAt])
    .flatMap((finishedAt) => momentOf(finishedAt) ?? []);
}
