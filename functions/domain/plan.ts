import type { ObjectIdentity } from '#domain/manifest.ts';
import type { PromotionInput } from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';

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

/** What would change of one object. */
export interface ObjectChange {
  readonly identity: ObjectIdentity;
  /** Of the live object; absent when it would be created. */
  readonly uid?: string;
  readonly action: ChangeAction;
  readonly fields: readonly FieldChange[];
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
  /** Objects labelled as the application's that the release does not hold and that stay: guards keep them. */
  readonly kept?: readonly KeptObject[];
  /** Warnings the cluster gave, objects that could not be dry-run; advisory, outside the digest. */
  readonly notes: readonly string[];
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
}

/** What the last good release of an environment put on its target. */
export interface Inventory {
  readonly release: number;
  readonly content: DocumentReference;
  readonly objects: readonly InventoryEntry[];
}
