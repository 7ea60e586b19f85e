import type { TargetHold } from '#domain/hold.ts';
import type { Instant } from '#domain/instant.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';

import type {
  PlanReference,
  Promotion,
  PromotionId,
  PromotionKind,
  PromotionStage,
  Repair,
  RolloutProgress,
} from '#domain/promotion.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Failure, ReleaseId } from '#domain/release.ts';

/** Asks for the next attempt of a promotion. */
export interface PromotionRequest extends ReleaseId {
  readonly environment: string;
  readonly kind: PromotionKind;
  /** Who asks, unique per asking (an execution name, a CLI request id): the same asker gets the same attempt again. */
  readonly requestedBy: string;
  readonly openedAt: Instant;
  readonly repair?: Repair;
}

/** How a promotion ended. */
export interface PromotionEnd {
  readonly outcome: PromotionOutcome;
  readonly endedAt: Instant;
  readonly failure?: Failure;
  readonly rollbackFailure?: Failure;
  readonly supersededBy?: number;
}

/** What is on a target: the last good release and what it put there. */
export interface TargetState {
  readonly release: number;
  readonly attempt: number;
  readonly promotedAt: Instant;
  /** An `Inventory` document. */
  readonly inventory: DocumentReference;
}

/** Facts noted while a promotion runs; each present field replaces the recorded one. */
export interface PromotionNote {
  readonly stage?: PromotionStage;
  readonly executionArn?: string;
  readonly plan?: PlanReference;
  readonly rollbackPlan?: PlanReference;
  readonly rollbackToRelease?: number;
  readonly fence?: number;
  readonly progress?: RolloutProgress;
  readonly failure?: Failure;
}

/** The record of promotions and of what is on each target. Every write is conditional and idempotent. */
export interface PromotionLedger {
  open(request: PromotionRequest): Promise<Promotion>;
  promotion(id: PromotionId): Promise<Promotion | undefined>;
  /** All promotions of a release, in order of opening. */
  promotions(id: ReleaseId): Promise<readonly Promotion[]>;
  /** Notes facts of a running promotion; of an ended one nothing changes. */
  note(id: PromotionId, note: PromotionNote): Promise<void>;
  /** Marks that the first write to the cluster is about to be made; the first mark stands. */
  noteFirstWrite(id: PromotionId, at: Instant): Promise<void>;
  /**
   * Ends a promotion; the first end stands. With `promoted`/`unchanged` the target's state is replaced in the same write;
   * throws FenceLostError where that state forbids it. A repair that ends so corrects what it repaired, also in that
   * write: `failed-not-rolled-back` becomes `failed-rolled-back`, with `repairedBy`. A rollback that failed holds the
   * target, one that came through lifts the hold (`holdAfter`, `liftsHold`), in that write as well.
   */
  end(id: PromotionId, end: PromotionEnd, targetState?: TargetState): Promise<PromotionEnd>;
  /** Why nothing is promoted to the target for now; undefined where it may be. */
  hold(application: string, environment: string): Promise<TargetHold | undefined>;
  /** Lifts the hold that was put there at `heldAt`; a later one stands. */
  liftHold(application: string, environment: string, heldAt: Instant): Promise<void>;
  /** What is on the target now (the last good release); undefined before the first. */
  targetState(application: string, environment: string): Promise<TargetState | undefined>;
  /** Good states of a target, newest first, at most `limit`: what a rollback can return to. */
  targetHistory(application: string, environment: string, limit: number): Promise<readonly TargetState[]>;
}
