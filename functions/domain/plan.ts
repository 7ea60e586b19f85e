import type { PlanAdvice } from '#domain/advice.ts';
import type { FieldConflict } from '#domain/field-conflict.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Stage } from '#domain/stage.ts';

/** What would happen to one object. */
export type ChangeAction = 'created' | 'configured' | 'unchanged' | 'pruned';

/** One field that would change. Secret values never stand here: `from` and `to` are then keyed digests. */
export interface FieldChange {
  /** JSON pointer-like path, `/spec/template/spec/containers/0/image`. */
  readonly path: string;
  readonly from?: unknown;
  readonly to?: unknown;
  readonly redacted?: true;
}

/** How an object that can't be changed in place is replaced (KUBERNETES.md I2). */
export interface Replacement {
  /** `orphan-recreate`: its pods stay, and the new object adopts them. */
  readonly how: 'recreate' | 'orphan-recreate';
  /** What the cluster says can't be changed, without values. */
  readonly because: readonly string[];
}

/** How replicas are treated (KUBERNETES.md A4, A5). */
export type ReplicasDirective =
  /** Created with these; a scaler takes over from there. */
  | { readonly kind: 'initial'; readonly replicas: number }
  /** Not declared; `replicas` is what stood when it was planned. */
  | { readonly kind: 'left'; readonly replicas: number; readonly handover?: 'begin' | 'end' }
  /** Declared again after they had been handed over. */
  | { readonly kind: 'declared' };

/** The taking over of an object that others applied before (KUBERNETES.md A6). */
export interface Migration {
  readonly managers: readonly string[];
  /** The object as it was, for a rollback. */
  readonly original?: DocumentReference;
}

/** What was decided about one object's apply beyond its fields; carried out as it stands here. */
export interface ApplyDirectives {
  /** Fields left to the controllers that write them (A2b). */
  readonly yields?: readonly FieldConflict[];
  /** Fields taken from predecessors (A2a). */
  readonly takeovers?: readonly FieldConflict[];
  readonly replicas?: ReplicasDirective;
  /** Whose fields become ours before the apply (A6). */
  readonly migration?: Migration;
  /** In a rollback: the object as it was before its migration, which is put back. */
  readonly restores?: DocumentReference;
  /** The object is deleted and created anew. */
  readonly replacement?: Replacement;
}

/** What would change of one object. */
export interface ObjectChange {
  readonly identity: ObjectIdentity;
  /** The API that the object was spoken to in; outside the digest, because it outlives versions (KUBERNETES.md P7). */
  readonly apiVersion?: string;
  /** Of the live object; absent when it would be created. */
  readonly uid?: string;
  readonly action: ChangeAction;
  readonly fields: readonly FieldChange[];
  readonly apply?: ApplyDirectives;
  /** Why its pods are replaced (C4); absent when they are not. */
  readonly restarts?: readonly string[];
  /** Of an unchanged object: what it was like when the cluster said so (fingerprint.ts). */
  readonly fingerprint?: string;
  /** Of a pruned one that is protected: the release names it as one to delete (P3). */
  readonly confirmed?: true;
}

/** What a promotion would change, as data (KUBERNETES.md §7). Stored once, content-addressed. */
export interface Plan extends PromotionInput {
  /** The release whose content is on the target now; absent before the first one. */
  readonly replacesRelease?: number;
  /** The objects that would be applied. */
  readonly content: DocumentReference;
  /**
   * Every object of the release and every one to prune, in canonical order; in a rollback also objects outside of the
   * content that are to be `configured` back to what they were before the failed release.
   */
  readonly changes: readonly ObjectChange[];
  /** `sha256:<hex>` of the canonical change set (KUBERNETES.md D5). */
  readonly digest: string;
  /** How the objects are applied, in order; absent in plans of releases before there were stages. */
  readonly stages?: readonly Stage[];
  /** Objects labelled as the application's that the release does not hold and that stay: guards keep them. */
  readonly kept?: readonly KeptObject[];
  /** What the changes entail and what stands in their way (D6), in canonical order; outside the digest. */
  readonly advice?: readonly PlanAdvice[];
  /** What else people should read, as text: what is adopted, taken over, left to others; outside the digest. */
  readonly notes: readonly string[];
  /** Objects of earlier releases that something still refers to (C2): pruned by a later release. */
  readonly retained?: readonly InventoryEntry[];
  /** In a rollback, and in a promotion that repairs a dead one: the plan of what failed. */
  readonly undoes?: DocumentReference;
}

/** An object that is left where it is. */
export interface KeptObject {
  readonly identity: ObjectIdentity;
  readonly uid: string;
}

/** One object that a release put on a target. */
export interface InventoryEntry {
  readonly identity: ObjectIdentity;
  readonly apiVersion: string;
  readonly uid: string;
  /** Absent where it was not proved that an apply changes nothing. */
  readonly fingerprint?: string;
}

/** What the last good release of an environment put on its target. */
export interface Inventory {
  readonly release: number;
  readonly content: DocumentReference;
  readonly objects: readonly InventoryEntry[];
  /** Of earlier releases, and kept because something still refers to them (C2). */
  readonly retained?: readonly InventoryEntry[];
}
