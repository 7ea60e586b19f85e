import { type Instant, isoTime } from '#domain/instant.ts';
import type { PromotionOutcome } from '#domain/outcome.ts';
import type { Attempt, Promotion } from '#domain/promotion.ts';
import type { Failure } from '#domain/release.ts';

/** Why nothing is promoted to a target for now: a rollback failed there, and nobody knows what is on it (KUBERNETES.md R9). */
export interface TargetHold extends Attempt {
  readonly heldAt: Instant;
  /** Why the promotion failed. */
  readonly failure?: Failure;
  /** Why its rollback did. */
  readonly rollbackFailure?: Failure;
}

interface End {
  readonly outcome: PromotionOutcome;
  readonly endedAt: Instant;
  readonly failure?: Failure;
  readonly rollbackFailure?: Failure;
}

// What is left is known and named, nothing was tried, or a later holder puts it right by now.
const knownRemains = new Set(['RollbackResidue', 'RollbackImpossible', 'FenceLostError']);

/** The hold that a promotion's end puts on its target, if it does. */
export function holdAfter(
  { release, attempt, kind }: Pick<Promotion, 'release' | 'attempt' | 'kind'>,
  { outcome, endedAt, failure, rollbackFailure }: End,
): TargetHold | undefined {
  if (outcome !== 'failed-not-rolled-back') return undefined;
  // A rollback that died in the middle is one that failed.
  const hasFailed =
    rollbackFailure === undefined ? kind === 'rollback' : !knownRemains.has(rollbackFailure.name);
  if (!hasFailed) return undefined;
  return {
    release,
    attempt,
    heldAt: endedAt,
    ...(failure && { failure }),
    ...(rollbackFailure && { rollbackFailure }),
  };
}

/** True when a promotion's end lifts the hold: a rollback that came through. */
export function liftsHold({ kind }: Pick<Promotion, 'kind'>, { outcome }: Pick<End, 'outcome'>): boolean {
  return kind === 'rollback' && (outcome === 'promoted' || outcome === 'unchanged');
}

/** What people read of a hold: both diagnoses. */
export function holdText({ release, heldAt, failure, rollbackFailure }: TargetHold): string {
  const said = ({ name, message }: Failure): string => `${name}: ${message}`;
  const why = failure === undefined ? '' : ` (${said(failure)})`;
  const back = rollbackFailure === undefined ? 'the rollback died' : said(rollbackFailure);
  return `held since ${isoTime(heldAt)}: release ${release} failed${why}, and so did its rollback (${back})`;
}
