import type { FailureRule, LogSource, MissingReference, Termination } from '#domain/cause.ts';
import type { Occurrence } from '#domain/cluster-events.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import type { Instant } from '#domain/instant.ts';
import type { Container, ContainerStatus, Pod } from '#domain/workload.ts';

/** When a signal becomes a verdict. */
export type SignalLimit =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly moment: Instant }
  /** So many attempts in one pod. */
  | { readonly kind: 'attempts-each'; readonly attempts: number }
  /** So many attempts over all new pods (KUBERNETES.md E16). */
  | { readonly kind: 'attempts-together'; readonly attempts: number };

/** One thing that is wrong with one pod. Signals of equal rule, container and summary are one cause. */
export interface PodSignal {
  readonly rule: FailureRule;
  readonly summary: string;
  /** The first that is reached makes it a verdict; none: it is never one by itself. */
  readonly limits: readonly SignalLimit[];
  readonly attempts: number;
  readonly detail?: string;
  readonly container?: string;
  readonly termination?: Termination;
  readonly blockedBy?: string;
  readonly logFrom?: LogSource;
  readonly missing?: MissingReference;
  /** No deadline of the workload ends it before then (E8). */
  readonly patientUntil?: Instant;
}

/** What a container is in its pod. */
export type ContainerRole = 'container' | 'init container' | 'sidecar';

/** One container of one pod, with what is needed to judge it. */
export interface ContainerView {
  readonly role: ContainerRole;
  /** `container 'web'`, `init container 'migrate' (1 of 2)`. */
  readonly title: string;
  readonly status: ContainerStatus;
  readonly spec: Container | undefined;
  readonly pod: Pod;
  readonly occurrences: readonly Occurrence[];
  /** Since when this pod counts: its start or the apply, whichever is later. */
  readonly since: Instant;
  /** True when the pod began after the apply, so that its restart count is this rollout's. */
  readonly isNew: boolean;
  readonly context: HealthContext;
}

/** What happened to that container, and to the pod as a whole. */
export function occurrencesOfContainer({ role, status, occurrences }: ContainerView): readonly Occurrence[] {
  const list = role === 'container' ? 'containers' : 'initContainers';
  const path = `spec.${list}{${status.name}}`;
  return occurrences.filter(({ subject }) => subject.fieldPath === undefined || subject.fieldPath === path);
}
