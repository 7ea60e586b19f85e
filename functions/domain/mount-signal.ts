import type { Occurrence } from '#domain/cluster-events.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, secondsAfter } from '#domain/instant.ts';
import { namesMissing, referenceLimits } from '#domain/missing-reference.ts';
import type { PodSignal } from '#domain/pod-signal.ts';
import type { Pod } from '#domain/workload.ts';

const attachedElsewhere = /multi-attach/i;
// The attach controller gives a volume up after six minutes, when its old node does not answer.
const detachSeconds = 360;
const noAddress = /failed to assign an IP address/i;
const sandboxSeconds = 120;

/** What keeps a pod's containers from being created at all (E5, K9): no status says it, only events do. */
export function mountSignals(
  pod: Pod,
  occurrences: readonly Occurrence[],
  context: HealthContext,
  since: Instant,
): readonly PodSignal[] {
  if (hasBegun(pod)) return [];
  return [...volumeSignals(pod, occurrences, context, since), ...sandboxSignals(occurrences, since)];
}

/** True once a container of it was made: what kept it before is over. */
function hasBegun({ status, spec }: Pod): boolean {
  const statuses = [...(status?.initContainerStatuses ?? []), ...(status?.containerStatuses ?? [])];
  const preparing = new Set([undefined, 'ContainerCreating', 'PodInitializing']);
  return (
    spec.containers.length > 0 &&
    statuses.some(
      ({ state, lastState }) =>
        state?.running !== undefined ||
        state?.terminated !== undefined ||
        lastState?.terminated !== undefined ||
        !preparing.has(state?.waiting?.reason),
    )
  );
}

function volumeSignals(
  pod: Pod,
  occurrences: readonly Occurrence[],
  context: HealthContext,
  since: Instant,
): readonly PodSignal[] {
  const failed = occurrences.filter(
    ({ reason }) => reason === 'FailedMount' || reason === 'FailedAttachVolume',
  );
  // The one that names what is missing says more than the kubelet's later "timed out waiting for".
  const telling = failed.findLast(({ message }) => namesMissing(message)) ?? failed.at(-1);
  if (telling === undefined) return [];
  const { message } = telling;
  const shared = { rule: 'E5', summary: 'a volume cannot be mounted', detail: message, attempts: 1 } as const;
  if (namesMissing(message)) {
    const { limits, missing } = referenceLimits(pod, message, since, context);
    return [{ ...shared, limits, ...(missing === undefined ? {} : { missing }) }];
  }
  if (attachedElsewhere.test(message))
    return [
      {
        ...shared,
        summary: 'a volume is still attached to another node',
        limits: [{ kind: 'at', moment: secondsAfter(since, detachSeconds) }],
      },
    ];
  return [{ ...shared, limits: [] }];
}

function sandboxSignals(occurrences: readonly Occurrence[], since: Instant): readonly PodSignal[] {
  const failed = occurrences.filter(({ reason }) => reason === 'FailedCreatePodSandBox').at(-1);
  if (failed === undefined) return [];
  const isOutOfAddresses = noAddress.test(failed.message);
  return [
    {
      rule: 'E3',
      summary: isOutOfAddresses
        ? 'its subnet is out of IP addresses: the pod gets none'
        : 'its sandbox cannot be created',
      detail: failed.message,
      attempts: failed.count,
      limits: [{ kind: 'at', moment: secondsAfter(since, sandboxSeconds) }],
    },
  ];
}
