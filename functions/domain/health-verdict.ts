import type { Cause } from '#domain/cause.ts';
import type { Instant } from '#domain/instant.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { Remedy } from '#domain/remedy.ts';

/** One verdict per object, in one vocabulary everywhere (KUBERNETES.md §8). Waiting is a value, never an error. */
export type Health =
  | {
      readonly verdict: 'ready';
      /** The last restart or kill among the new pods: the stability window starts again from here (E15). */
      readonly disturbedAt?: Instant;
      /** What people should know though it is ready. */
      readonly warning?: string;
      /** Why it counts as ready where that isn't plain. */
      readonly note?: string;
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
      /** No deadline of the object ends it before then (E8). */
      readonly patientUntil?: Instant;
      /** What the engine itself should do about it (E16, the StatefulSet trap of §8). */
      readonly remedies?: readonly Remedy[];
    }
  | {
      readonly verdict: 'failed';
      readonly reason: string;
      readonly cause: Cause;
      /** True when a deadline made it fail, and nothing that is a failure by itself. */
      readonly atDeadline?: true;
    }
  /** `unknown`: the object itself says that nobody knows, as a pod does whose node is lost. */
  | { readonly verdict: 'suspended' | 'deleting' | 'unknown'; readonly reason: string };

/** What health is judged against besides the evidence. */
export interface HealthContext {
  readonly now: Instant;
  /** Just before the first object of this rollout was applied: what happened earlier does not count (H1, E17). */
  readonly appliedAt: Instant;
  /** The objects of the release as applied. */
  readonly objects: readonly KubernetesObject[];
  /** What the engine itself has done about this rollout. */
  readonly remedied?: readonly Remedy[];
}
