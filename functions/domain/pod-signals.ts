import {
  clockSlackMilliseconds,
  countOccurrences,
  type Occurrence,
  occurrencesOf,
} from '#domain/cluster-events.ts';
import { crashSignal } from '#domain/crash-signal.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import { instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import { mountSignals } from '#domain/mount-signal.ts';
import {
  type ContainerRole,
  type ContainerView,
  occurrencesOfContainer,
  type PodSignal,
} from '#domain/pod-signal.ts';
import { probeText } from '#domain/probe.ts';
import { schedulingSignals } from '#domain/scheduling-signal.ts';
import { waitingSignal } from '#domain/waiting-signal.ts';
import type { Container, ContainerStatus, Pod } from '#domain/workload.ts';

/** Everything that is wrong with a pod of the new revision. */
export function podSignals(
  pod: Pod,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly PodSignal[] {
  const views = containerViews(pod, evidence, context);
  const occurrences = occurrencesOf(evidence, pod.metadata.uid, context.appliedAt);
  const { since } = sinceOf(pod, context);
  return [
    ...schedulingSignals(pod, occurrences, evidence, { context, since }),
    ...mountSignals(pod, occurrences, context, since),
    ...views.flatMap((view) => waitingSignal(view) ?? crashSignal(view) ?? []),
    ...views.flatMap((view) => probeSignal(view) ?? []),
  ];
}

/** The containers of a pod, each with what is known of it. */
export function containerViews(
  pod: Pod,
  evidence: RolloutEvidence,
  context: HealthContext,
): readonly ContainerView[] {
  const occurrences = occurrencesOf(evidence, pod.metadata.uid, context.appliedAt);
  const shared = { pod, occurrences, context, ...sinceOf(pod, context) };
  const { initContainers = [], containers } = pod.spec;
  const view = (
    role: ContainerRole,
    title: string,
    status: ContainerStatus,
    spec: Container | undefined,
  ) => ({
    ...shared,
    role,
    title,
    status,
    spec,
  });
  return [
    ...(pod.status?.initContainerStatuses ?? []).map((status) => {
      const spec = initContainers.find(({ name }) => name === status.name);
      const role = spec?.restartPolicy === 'Always' ? 'sidecar' : 'init container';
      return view(role, `${role} '${status.name}'${place(initContainers, status.name)}`, status, spec);
    }),
    ...(pod.status?.containerStatuses ?? []).map((status) =>
      view(
        'container',
        `container '${status.name}'`,
        status,
        containers.find(({ name }) => name === status.name),
      ),
    ),
  ];
}

/** ` (1 of 3)`; nothing where it is the only one. */
function place(initContainers: readonly Container[], name: string): string {
  const index = initContainers.findIndex((container) => container.name === name);
  return initContainers.length < 2 ? '' : ` (${index + 1} of ${initContainers.length})`;
}

function sinceOf(pod: Pod, { appliedAt }: HealthContext): Pick<ContainerView, 'since' | 'isNew'> {
  const begun = momentOf(pod.status?.startTime) ?? momentOf(pod.metadata.creationTimestamp) ?? appliedAt;
  return {
    since: instant(Math.max(begun, appliedAt)),
    isNew: begun >= appliedAt - clockSlackMilliseconds,
  };
}

// E9: seen in healthy starts too, so never a verdict before the deadline; only of containers that aren't ready now.
function probeSignal(view: ContainerView): PodSignal | undefined {
  const { role, status, spec, title } = view;
  if (role === 'init container' || status.ready !== false || status.state?.running === undefined)
    return undefined;
  const unhealthy = occurrencesOfContainer(view).filter(
    ({ reason, message }) => reason === 'Unhealthy' && /^Readiness|^Startup/.test(message),
  );
  const last: Occurrence | undefined = unhealthy.at(-1);
  if (last === undefined) return undefined;
  const probe = last.message.startsWith('Startup') ? spec?.startupProbe : spec?.readinessProbe;
  return {
    rule: 'E9',
    summary: `${title} is not ready${probe === undefined ? '' : ` by its probe ${probeText(probe)}`}`,
    detail: last.message,
    container: status.name,
    attempts: countOccurrences(unhealthy, 'Unhealthy', /./),
    limits: [],
    logFrom: {
      namespace: view.pod.metadata.namespace ?? 'default',
      pod: view.pod.metadata.name,
      container: status.name,
      run: 'current',
      previous: false,
      isRestarted: false,
    },
  };
}
