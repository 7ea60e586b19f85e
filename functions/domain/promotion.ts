import type { Diagnosis } from '#domain/diagnosis.ts';
import type { Instant } from '#domain/instant.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { DocumentReference } from '#domain/reference.ts';
import type { Failure, ReleaseId } from '#domain/release.ts';
import type { Remedy } from '#domain/remedy.ts';

/** `rollback` is an explicit return to an older release; it may go below the newest one on its target. */
export type PromotionKind = 'promotion' | 'rollback';

/** Names one promotion: one release put into one environment, attempts counted from 1. */
export interface PromotionId extends ReleaseId {
  readonly environment: string;
  readonly attempt: number;
}

/** The input of the promotion state machine. */
export interface PromotionInput extends PromotionId {
  readonly kind: PromotionKind;
}

/** Names a promotion within its target. */
export type Attempt = Pick<PromotionId, 'release' | 'attempt'>;

/** Why a rollback runs that nobody asked for: a promotion died after its first write. */
export interface Repair {
  /** The promotion that died. */
  readonly of: Attempt;
  /** What was good on the target when that was decided: once something else is, there is nothing left to repair. */
  readonly backTo: Attempt;
}

/** A plan as the states carry it: where it is kept and what it amounts to. */
export interface PlanReference {
  readonly document: DocumentReference;
  /** Digest of the canonical change set, `sha256:<hex>` (KUBERNETES.md D5). */
  readonly digest: string;
  /** Objects that would be created, configured or pruned. */
  readonly changes: number;
}

/** Where a promotion is, in the words that people follow it by. */
export const promotionStages = [
  'planning',
  'awaiting-approval',
  'awaiting-target',
  'deploying',
  'rolling-back',
  'ended',
] as const;
export type PromotionStage = (typeof promotionStages)[number];

/** What a running rollout shows. */
export interface RolloutProgress {
  readonly readyObjects: number;
  readonly totalObjects: number;
  /** Objects not ready yet with what each waits for, the first few. */
  readonly waitingFor: readonly string[];
  readonly observedAt: Instant;
  /** While the stability window runs: when it ends. */
  readonly stableAt?: Instant;
  /** Of objects that are ready, the first few. */
  readonly warnings?: readonly string[];
  /** What the engine did about pods that nothing else would have mended. */
  readonly remedied?: readonly Remedy[];
  /** Why the rollout failed, as data (KUBERNETES.md G6). */
  readonly diagnosis?: Diagnosis;
}

/** One promotion as the ledger holds it. */
export interface Promotion extends PromotionInput {
  readonly stage: PromotionStage;
  readonly openedAt: Instant;
  /** Of rollbacks that were started without being asked for. */
  readonly repair?: Repair;
  readonly executionArn?: string;
  readonly plan?: PlanReference;
  /** The plan that the rollback after a failure applies. */
  readonly rollbackPlan?: PlanReference;
  readonly rollbackToRelease?: number;
  readonly fence?: number;
  /** Set just before the first write to the cluster. */
  readonly firstWriteAt?: Instant;
  readonly progress?: RolloutProgress;
  readonly outcome?: PromotionOutcome;
  readonly endedAt?: Instant;
  readonly failure?: Failure;
  readonly rollbackFailure?: Failure;
  readonly supersededBy?: number;
  /** The rollback that brought the target back after this promotion had died. */
  readonly repairedBy?: Attempt;
}

/** The execution name of a promotion: at most 80 characters. */
export function promotionExecutionName({ application, release, environment, attempt }: PromotionId): string {
  return `${application}-${release}-${environment}-${attempt}`;
}
