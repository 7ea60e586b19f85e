import {
  clockSlackMilliseconds,
  countOccurrences,
  type Occurrence,
  occurrencesOf,
} from '#domain/cluster-events.ts';
import { crashSignal } from '#domain/crash-signal.ts';
import { type RolloutEvidence, seen } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { conditionOf, momentOf } from '#domain/live-object.ts';
import { type ContainerView, isOurs, type PodSignal, type SignalLimit } from '#domain/pod-signal.ts';
import { waitingSignal } from '#domain/waiting-signal.ts';
import type { Container, ContainerStatus, Pod } from '#domain/workload.ts';

/** Everything that is wrong with a pod of the new revision. */
export function podSignals(
  pod: Pod,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly PodSignal[] {
  const occurrences = occurrencesOf(seen(evidence, '/Event'), pod.metadata.uid, context.appliedAt);
  const begun =
    momentOf(pod.status?.startTime) ?? momentOf(pod.metadata.creationTimestamp) ?? context.appliedAt;
  const since = instant(Math.max(begun, context.appliedAt));
  const shared = {
    pod,
    occurrences,
    since,
    context,
    isNew: begun >= context.appliedAt - clockSlackMilliseconds,
  };
  const containers = [
    ...views('init container', pod.status?.initContainerStatuses, pod.spec.initContainers, shared),
    ...views('container', pod.status?.containerStatuses, pod.spec.containers, shared),
  ];
  return [
    ...schedulingSignals(pod, since),
    ...mountSignals(occurrences, context, since),
    ...containers.flatMap((view) => waitingSignal(view) ?? crashSignal(view) ?? []),
    ...probeSignals(containers, occurrences),
  ];
}

function views(
  role: ContainerView['role'],
  statuses: readonly ContainerStatus[] | undefined,
  specs: readonly Container[] | undefined,
  shared: Omit<ContainerView, 'role' | 'status' | 'spec'>,
): readonly ContainerView[] {
  return (statuses ?? []).map((status) => ({
    ...shared,
    role,
    status,
    spec: specs?.find(({ name }) => name === status.name),
  }));
}

// What no node and no autoscaler cures (E7); anything else may be waiting for one.
const incurableScheduling = /persistentvolumeclaim "[^"]+" not found/;
const incurableSchedulingSeconds = 30;

function schedulingSignals(pod: Pod, since: Instant): readonly PodSignal[] {
  const condition = conditionOf(pod.status, 'PodScheduled');
  if (condition?.status !== 'False' || condition.reason !== 'Unschedulable') return [];
  const message = condition.message ?? 'the scheduler finds no node';
  const limit: SignalLimit = incurableScheduling.test(message)
    ? { kind: 'at', moment: secondsAfter(since, incurableSchedulingSeconds) }
    : { kind: 'never' };
  return [
    {
      rule: 'E7',
      summary: 'cannot be scheduled',
      detail: message,
      attempts: 1,
      limit,
      blockedBy: 'scheduler',
    },
  ];
}

const missingVolume = /(secret|configmap) "([^"]+)" not found/i;
const missingReferenceSeconds = 10;

function mountSignals(
  occurrences: readonly Occurrence[],
  context: HealthContext,
  since: Instant,
): readonly PodSignal[] {
  const failed = occurrences.filter(({ reason }) => reason === 'FailedMount').at(-1);
  if (failed === undefined) return [];
  const missing = missingVolume.exec(failed.message);
  const ours = missing !== null && isOurs(missing[1] ?? '', missing[2] ?? '', context);
  const limit: SignalLimit =
    missing !== null && !ours
      ? { kind: 'at', moment: secondsAfter(since, missingReferenceSeconds) }
      : { kind: 'never' };
  return [{ rule: 'E5', summary: 'a volume cannot be mounted', detail: failed.message, attempts: 1, limit }];
}

// E9: seen in healthy starts too, so never a verdict before the deadline; only of containers that aren't ready now.
function probeSignals(
  containers: readonly ContainerView[],
  occurrences: readonly Occurrence[],
): readonly PodSignal[] {
  const waiting = containers.find(
    ({ role, status }) =>
      role === 'container' && status.ready === false && status.state?.running !== undefined,
  );
  const unhealthy = occurrences.filter(
    ({ reason, message }) => reason === 'Unhealthy' && /^Readiness|^Startup/.test(message),
  );
  const last = unhealthy.at(-1);
  if (waiting === undefined || last === undefined) return [];
  const { name } = waiting.status;
  return [
    {
      rule: 'E9',
      summary: `container '${name}' is not ready`,
      detail: last.message,
      container: name,
      attempts: countOccurrences(unhealthy, 'Unhealthy', /./),
      limit: { kind: 'never' },
      hasLog: true,
    },
  ];
}
