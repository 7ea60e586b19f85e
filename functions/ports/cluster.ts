import type { RolloutEvidence } from '#domain/evidence.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { FieldConflict } from '#domain/field-conflict.ts';
import type { ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { WatchScope } from '#domain/watch-scope.ts';

/** What the cluster answered to an apply. */
export type ApplyResult =
  | {
      readonly kind: 'applied';
      /** As it stands (or, in a dry run, would stand) after the apply. */
      readonly object: LiveObject;
      /** What the cluster warned of (KUBERNETES.md CL5). */
      readonly warnings: readonly string[];
    }
  /** Others own fields that the object declares; nothing was changed. */
  | { readonly kind: 'conflict'; readonly conflicts: readonly FieldConflict[] }
  /** The object's namespace does not exist (yet). */
  | { readonly kind: 'namespace-missing'; readonly namespace: string };

/** What is watched: a picture that is kept current until it is closed. */
export interface RolloutWatch {
  /** What is known now. */
  evidence(): RolloutEvidence;
  /** Resolves when something changed since the last call, at the latest after `milliseconds`. */
  next(milliseconds: number): Promise<void>;
  close(): void;
}

/** One container's log to read. */
export interface LogRequest {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
  /** The container's run before the present one. */
  readonly previous: boolean;
  readonly tailLines: number;
}

/** Where a target's fence is kept. */
export interface FenceAddress {
  readonly namespace: string;
  readonly application: string;
}

/**
 * One Kubernetes cluster. Every call may throw ClusterUnavailableError (after a bounded retry) and ConfigurationError
 * (no access: verb, resource and namespace are named).
 */
export interface Cluster {
  /** The live object; undefined when it does not exist. */
  read(address: ObjectAddress): Promise<LiveObject | undefined>;
  /**
   * Server-side apply, never forced: repeating it changes nothing. `dry-run` asks the cluster what would be.
   * Throws ManifestRefusedError when the cluster refuses what the object says.
   */
  apply(object: KubernetesObject, mode: 'write' | 'dry-run'): Promise<ApplyResult>;
  /** Deletes the object if it is still the one with `uid`; gone or replaced by another counts as done. */
  remove(address: ObjectAddress, uid: string): Promise<void>;
  /**
   * Begins to watch the kinds of a scope in its namespaces (KUBERNETES.md L2); the picture is complete when it resolves.
   * An optional kind that may not be read, or that the cluster doesn't know, has no entry in the evidence.
   */
  watch(scope: WatchScope): Promise<RolloutWatch>;
  /** The last lines of a container's log; undefined when there are none to be had. */
  log(request: LogRequest): Promise<string | undefined>;
  /** The fence as it stands; undefined when none was ever claimed. */
  readFence(address: FenceAddress): Promise<FenceRecord | undefined>;
  /** Writes the fence if it is still at `version` (undefined: does not exist). Answers false when somebody was faster. */
  writeFence(address: FenceAddress, record: FenceRecord, version: string | undefined): Promise<boolean>;
}
