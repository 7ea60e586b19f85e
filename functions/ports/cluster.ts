import type { ApiRefusal } from '#domain/api-refusal.ts';
import type { ApplySetAddress } from '#domain/applyset.ts';
import type { RolloutEvidence } from '#domain/evidence.ts';
import type { FenceRecord } from '#domain/fence.ts';
import type { FieldConflict } from '#domain/field-conflict.ts';
import type { ManagedFieldsEntry } from '#domain/field-set.ts';
import type { ObjectAddress } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ObjectSchema } from '#domain/object-schema.ts';
import type { TargetLease } from '#domain/target-lease.ts';
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
  /** The object is not valid as it would be: a mistake in it, or a field that can't be changed (KUBERNETES.md I1). */
  | { readonly kind: 'invalid'; readonly refusal: ApiRefusal }
  /** The object is no longer at the resource version that the apply was bound to. */
  | { readonly kind: 'changed-meanwhile' }
  /** The object's namespace does not exist (yet). */
  | { readonly kind: 'namespace-missing'; readonly namespace: string }
  /** The cluster serves no such kind in that version (yet). */
  | { readonly kind: 'kind-missing'; readonly apiVersion: string }
  /** Something in the cluster does not take part in dry runs; of a dry run only (KUBERNETES.md D2). */
  | { readonly kind: 'dry-run-impossible'; readonly reason: string };

/** How the cluster serves a kind. */
export interface ServedKind {
  /** The resource's name in REST paths. */
  readonly resource: string;
  readonly namespaced: boolean;
}

/** How an apply differs from the ordinary one. */
export interface ApplyOptions {
  /** Takes fields from their owners: only where every one of them may be taken (KUBERNETES.md A2, A3). */
  readonly force?: boolean;
  /** Another manager than the product's own. */
  readonly manager?: string;
  /** Only if the object is still at this version. */
  readonly resourceVersion?: string;
}

/** Objects of one kind to list, in one namespace or everywhere. */
export interface ListRequest {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
  readonly labelSelector?: string;
}

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
  /** All objects of a kind, in pages of 500; undefined when the cluster serves no such kind. */
  list(request: ListRequest): Promise<readonly LiveObject[] | undefined>;
  /**
   * Server-side apply, not forced unless told to: repeating it changes nothing. `dry-run` asks the cluster what would
   * be. Throws ManifestRefusedError when the cluster refuses what the object says for another reason than `invalid`.
   */
  apply(object: KubernetesObject, mode: 'write' | 'dry-run', options?: ApplyOptions): Promise<ApplyResult>;
  /**
   * Says anew who owns which fields, if the object is still at `resourceVersion`; its content stays (KUBERNETES.md A6).
   * Answers false when it has changed or is gone.
   */
  replaceOwnership(
    address: ObjectAddress,
    managedFields: readonly ManagedFieldsEntry[],
    resourceVersion: string,
  ): Promise<boolean>;
  /**
   * Deletes the object if it is still the one with `uid`; gone or replaced by another counts as done. Its dependents go
   * as its kind's rule says, or stay without an owner.
   */
  remove(address: ObjectAddress, uid: string, propagation?: 'Orphan'): Promise<void>;
  /** How the cluster serves a kind in a version; undefined when it does not (yet). */
  resourceOf(apiVersion: string, kind: string): Promise<ServedKind | undefined>;
  /** The schema that the cluster publishes of a kind in a version (OpenAPI v3); undefined when there is none. */
  schemaOf(apiVersion: string, kind: string): Promise<ObjectSchema | undefined>;
  /** The release of Kubernetes that the cluster runs, `1.36`; undefined where it does not say. */
  version(): Promise<string | undefined>;
  /**
   * Begins to watch the kinds of a scope in its namespaces (KUBERNETES.md L2); the picture is complete when it resolves.
   * An optional kind that may not be read, or that the cluster doesn't know, has no entry in the evidence.
   */
  watch(scope: WatchScope): Promise<RolloutWatch>;
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
