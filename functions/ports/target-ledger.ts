import type { Instant } from '#domain/instant.ts';
import type { PromotionId, PromotionInput } from '#domain/promotion.ts';
import type { TargetGrant, TargetId, TargetWaiter } from '#domain/target.ts';

/** Who holds a target. */
export interface TargetHolder extends PromotionId {
  readonly fence: number;
  readonly leaseUntil: Instant;
}

/** The queue, the lease and the fencing numbers of targets. Every write is conditional and idempotent. */
export interface TargetLedger {
  /** Queues a promotion, or replaces its task token when it queues already. Queues are in release order, rollbacks first. */
  enqueue(target: TargetId, waiter: TargetWaiter): Promise<void>;
  /** Queues a promotion before it asks itself, without a token; of one that queues or holds already nothing changes. */
  reserve(target: TargetId, promotion: PromotionInput): Promise<void>;
  /**
   * Grants the target to the first in the queue when it is free or its lease has run out, drawing the next fencing number.
   * Answers the holder's grant as long as it has not been marked delivered (so that a crash between granting and
   * waking is mended by the next call); undefined when nobody waits or somebody else holds the target.
   */
  grantNext(target: TargetId, now: Instant, leaseUntil: Instant): Promise<TargetGrant | undefined>;
  markDelivered(target: TargetId, fence: number): Promise<void>;
  holder(target: TargetId): Promise<TargetHolder | undefined>;
  /** Extends the lease if `fence` still holds the target. Throws FenceLostError otherwise. */
  renew(target: TargetId, fence: number, leaseUntil: Instant): Promise<void>;
  /** Frees the target if this promotion holds it and takes it out of the queue; otherwise nothing changes. */
  release(target: TargetId, promotion: PromotionId): Promise<void>;
}
