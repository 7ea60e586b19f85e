import type { CauseRule } from '#domain/cause.ts';
import type { Occurrence } from '#domain/cluster-events.ts';
import type { HealthContext } from '#domain/health-verdict.ts';
import type { Instant } from '#domain/instant.ts';
import type { Container, ContainerStatus, Pod } from '#domain/workload.ts';

/** When a signal becomes a verdict. */
export type SignalLimit =
  | { readonly kind: 'now' }
  | { readonly kind: 'never' }
  | { readonly kind: 'at'; readonly moment: Instant }
  /** So many attempts in one pod. */
  | { readonly kind: 'attempts-each'; readonly attempts: number }
  /** So many attempts over all new pods (KUBERNETES.md E16). */
  | { readonly kind: 'attempts-together'; readonly attempts: number };

/** One thing that is wrong with one pod. Signals of equal rule, container and summary are one cause. */
export interface PodSignal {
  readonly rule: CauseRule;
  readonly summary: string;
  readonly limit: SignalLimit;
  readonly attempts: number;
  readonly detail?: string;
  readonly container?: string;
  readonly exitCode?: number;
  readonly blockedBy?: string;
  readonly hasLog?: true;
}

/** One container of one pod, with what is needed to judge it. */
export interface ContainerView {
  readonly role: 'container' | 'init container';
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

/** True when the release itself brings that object, so that waiting for it is worth while. */
export function isOurs(kind: string, name: string, { objects }: HealthContext): boolean {
  return objects.some(
    (object) => object.kind.toLowerCase() === kind.toLowerCase() && object.metadata.name === name,
  );
}
