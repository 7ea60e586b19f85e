import type { ApprovalRequest } from '#domain/approval.ts';
import type { ChangeAction } from '#domain/plan.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Failure, Release } from '#domain/release.ts';

/** One promotion with its approval requests, as pages and the CLI show it. */
export interface PromotionView {
  readonly promotion: Promotion;
  readonly requests: readonly ApprovalRequest[];
  /** Objects per action, once planned. */
  readonly changes?: Readonly<Record<ChangeAction, number>>;
  /** What the plan says will not start, a line each, the first ten; absent when there is nothing of it. */
  readonly willNotStart?: readonly string[];
}

/** One release with everything that happened to it. */
export interface ReleaseView {
  readonly release: Release;
  readonly promotions: readonly PromotionView[];
}

/** What is on an environment's target now. */
export interface EnvironmentView {
  readonly environment: string;
  readonly release?: number;
  /** Milliseconds since the epoch. */
  readonly promotedAt?: number;
  /** Why nothing is promoted there for now (KUBERNETES.md R9). */
  readonly held?: string;
}

/** What ShowRelease is asked for. */
export type ShowReleaseInput =
  | {
      readonly kind: 'upload';
      readonly bundle: { readonly bucket: string; readonly key: string; readonly versionId: string };
    }
  | { readonly kind: 'release'; readonly application: string; readonly release: number }
  | { readonly kind: 'application'; readonly application: string };

/** What ShowRelease answers. */
export type ShowReleaseResult =
  | { readonly kind: 'release'; readonly view: ReleaseView }
  | {
      readonly kind: 'application';
      readonly application: string;
      readonly environments: readonly EnvironmentView[];
      readonly releases: readonly ReleaseView[];
    }
  | { readonly kind: 'refused'; readonly failure: Failure }
  /** Not (yet) known: an upload whose event has not arrived, a number never given. */
  | { readonly kind: 'unknown' };

/** What StartPromotion is asked for: `release` absent with `rollback` means the last good one before the current. */
export interface StartPromotionInput {
  readonly application: string;
  readonly environment: string;
  readonly kind: 'promotion' | 'rollback';
  readonly release?: number;
  /** Unique per asking, so that a repeated call is one promotion. */
  readonly requestId: string;
}

/** What ReleaseHold is asked for. */
export interface ReleaseHoldInput {
  readonly application: string;
  readonly environment: string;
}

export type ReleaseHoldResult =
  | { readonly released: false }
  | { readonly released: true; readonly was: string };

export interface StartPromotionResult {
  readonly application: string;
  readonly release: number;
  readonly environment: string;
  readonly attempt: number;
  readonly executionArn: string;
}
