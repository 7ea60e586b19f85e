import type { PromotionInput } from '#domain/promotion.ts';
import type { BundleReference } from '#domain/reference.ts';
import type { ReleaseId } from '#domain/release.ts';

/** The input of the release state machine: stable fields only, so that starting it twice is one start. */
export interface ReleaseInput extends ReleaseId {
  readonly bundle: BundleReference;
  readonly environments: readonly string[];
}

/** Starts state machines. Idempotent: an execution of that name that exists already counts as started. */
export interface Executions {
  /** Answers the execution's ARN. */
  startRelease(input: ReleaseInput): Promise<string>;
  startPromotion(input: PromotionInput): Promise<string>;
}
