import type { PromotionInput } from '#domain/promotion.ts';

/** Where promotions of one application into one environment meet: at most one writes at a time. */
export interface TargetId {
  readonly application: string;
  readonly environment: string;
}

/** What wakes AcquireTarget. */
export type AcquireResult =
  | { readonly acquired: true; readonly fence: number }
  | { readonly acquired: false; readonly outcome: 'superseded'; readonly supersededBy: number };

/** A promotion that waits for a target, with the token that wakes it. */
export interface TargetWaiter {
  readonly promotion: PromotionInput;
  /** Absent while its place is only reserved: a grant then holds the target in its name until it asks. */
  readonly taskToken?: string;
}

/** A target that was granted to a waiter. */
export interface TargetGrant extends TargetWaiter {
  readonly fence: number;
}
