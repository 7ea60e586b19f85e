import type { ObjectAddress } from '#domain/kinds.ts';

/** An object that may be deleted because no release names it any more. */
export interface PruneCandidate {
  readonly address: ObjectAddress;
  /** As recorded when it was put there; absent when only the live object can tell. */
  readonly uid?: string;
  /** As recorded when an apply was found not to change it. */
  readonly fingerprint?: string;
}
