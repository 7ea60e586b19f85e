import type { ApplySetAddress } from '#domain/applyset.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { FieldConflict } from '#domain/field-conflict.ts';
import type { ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { TargetLease } from '#domain/target-lease.ts';
import type { RolloutEvidence } from '#domain/workload.ts';

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

/** A namespace that is watched: a picture that is kept current until it is closed. */
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

/** Where a target's fence and Lease are kept. */
export type FenceAddress = ApplySetAddress;

/** What lets writes through that are fenced. */
export interface WritePermit {
  /** True while the fence was found held so lately that a write may rely on it. */
  isFresh(): boolean;
  /** Finds out again where it is not fresh. Throws FenceLostError when the fence is lost. */
  ensure(): Promise<void>;
}

/** Objects of one kind that carry a label, in one namespace or all. */
export interface LabelledObjects {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly label: string;
  readonly value: string;
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
  /** Begins to watch what tells how rollouts fare in a namespace; the picture is complete when it resolves. */
  watch(namespace: string): Promise<RolloutWatch>;
  /** The last lines of a container's log; undefined when there are none to be had. */
  log(request: LogRequest): Promise<string | undefined>;
  /**
   * From now on no request that writes an object is sent without this permit, looked at again at the last moment: a
   * process that was stopped in between must not go on as if no time had passed. Fence and Lease have their own
   * precondition. An adapter to which nothing can happen between the call and its effect need not look.
   */
  permitWrites(permit: WritePermit): void;
  /** Metadata alone, so that no Secret's data is sent; none where the cluster does not serve the kind. */
  listLabelled(objects: LabelledObjects): Promise<readonly LiveObject[]>;
  /** The fence as it stands; undefined when none was ever claimed. */
  readFence(address: FenceAddress): Promise<FenceRecord | undefined>;
  /** Writes the fence if it is still at `version` (undefined: does not exist). Answers false when somebody was faster. */
  writeFence(address: FenceAddress, record: FenceRecord, version: string | undefined): Promise<boolean>;
  /** The target's Lease as it stands; undefined when none was ever taken. */
  readLease(address: FenceAddress): Promise<TargetLease | undefined>;
  /** Writes the Lease if it is still at `version` (undefined: does not exist). Answers false when somebody was faster. */
  writeLease(address: FenceAddress, lease: TargetLease, version: string | undefined): Promise<boolean>;
}
