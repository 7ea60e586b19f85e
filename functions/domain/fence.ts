import type { ApplySetMembers } from '#domain/applyset.ts';
import { FenceLostError } from '#domain/errors.ts';

/** The rollback of a promotion has its number, and is a later holder all the same. */
export type FenceMode = 'forward' | 'rollback';

/** The number and the holder that the cluster itself remembers (DESIGN §4, fencing; KUBERNETES.md A15). */
export interface FenceRecord {
  readonly fence: number;
  /** The promotion's execution name. */
  readonly holder: string;
  /** What the holder does; its way back shuts out its own way forward, which may have been stopped in a write. */
  readonly mode?: FenceMode;
  /** Where the application's objects are found: number and ApplySet are one object, written as one (P1). */
  readonly members?: ApplySetMembers;
  /** Identifies this state of the record, for a conditional write; absent on what is to be written. */
  readonly version?: string;
}

/** What to do with the fence as it stands. */
export type FenceDecision =
  | { readonly kind: 'held' }
  | { readonly kind: 'claim'; readonly version: string | undefined };

/**
 * Whether `claim` holds the fence or may take it. Throws FenceLostError naming the later holder when the number in the
 * cluster is higher, or equal and somebody else's, or this promotion is being rolled back by now.
 */
export function decideFence(standing: FenceRecord | undefined, claim: FenceRecord): FenceDecision {
  if (standing === undefined) return { kind: 'claim', version: undefined };
  if (standing.fence < claim.fence) return { kind: 'claim', version: standing.version };
  if (standing.fence === claim.fence && standing.holder === claim.holder) {
    const [theirs, ours] = [rank[standing.mode ?? 'forward'], rank[claim.mode ?? 'forward']];
    if (theirs === ours) return { kind: 'held' };
    if (theirs < ours) return { kind: 'claim', version: standing.version };
    throw new FenceLostError(
      `promotion '${claim.holder}': is being rolled back, and writes nothing forward any more`,
      { holder: standing.holder, fence: standing.fence },
    );
  }
  throw new FenceLostError(
    `promotion '${claim.holder}': its fence ${claim.fence} is no longer the target's: '${standing.holder}' holds ${standing.fence}`,
    { holder: standing.holder, fence: standing.fence, ownFence: claim.fence },
  );
}

const rank: Readonly<Record<FenceMode, number>> = { forward: 0, rollback: 1 };

/** Throws FenceLostError unless `claim` still holds the fence. */
export function requireFence(standing: FenceRecord | undefined, claim: FenceRecord): void {
  if (decideFence(standing, claim).kind === 'held') return;
  throw new FenceLostError(
    `promotion '${claim.holder}': its fence ${claim.fence} is gone from the cluster (found ${standing?.fence ?? 'none'}); somebody removed or reset the record`,
    { ownFence: claim.fence },
  );
}
