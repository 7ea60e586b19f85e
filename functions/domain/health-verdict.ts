import type { Cause } from '#domain/cause.ts';
import type { Instant } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';

/** One verdict per object, in one vocabulary everywhere (KUBERNETES.md §8). Waiting is a value, never an error. */
export type Health =
  | {
      readonly verdict: 'ready';
      /** The last restart or kill among the new pods: the stability window starts again from here (E15). */
      readonly disturbedAt?: Instant;
      readonly warning?: string;
      /** Nothing in its status tells how it fares: it is taken as ready because it came to rest. */
      readonly unknownKind?: true;
    }
  | {
      readonly verdict: 'progressing';
      readonly reason: string;
      /** What outside of the release it waits for. */
      readonly blockedBy?: string;
      /** What to name as the cause if the deadline comes first. */
      readonly cause?: Cause;
      /** When the verdict may change though nothing in the cluster does. */
      readonly recheckAt?: Instant;
    }
  | { readonly verdict: 'failed'; readonly reason: string; readonly cause: Cause }
  /** `unknown`: the object itself says that nobody knows, as a pod does whose node is lost. */
  | { readonly verdict: 'suspended' | 'deleting' | 'unknown'; readonly reason: string };

/** What health is judged against besides the evidence. */
export interface HealthContext {
  readonly now: Instant;
  /** Just before the first object of this rollout was applied: what happened earlier does not count (H1, E17). */
  readonly appliedAt: Instant;
  /** The objects of the release as applied. */
  readonly objects: readonly KubernetesObject[];
}
