import { isFailure, type ReleaseOutcome } from '#domain/outcome.ts';
import type { Promotion } from '#domain/promotion.ts';
import type { Failure, ReleaseId } from '#domain/release.ts';
import type { Clock } from '#ports/clock.ts';
import type { PromotionLedger } from '#ports/promotion-ledger.ts';
import type { ReleaseEnd, ReleaseLedger } from '#ports/release-ledger.ts';

/** How the walk ended: by an outcome, or by an error as Step Functions names it. */
export type RecordOutcomeInput = ReleaseId &
  (
    | { readonly outcome: ReleaseOutcome; readonly failure?: Failure; readonly supersededBy?: number }
    | { readonly outcome?: never; readonly error: string; readonly cause?: string }
  );

export interface RecordOutcomeResult {
  /** The end that stands: of a release that had ended already, the first one. */
  readonly outcome: ReleaseOutcome;
  readonly failure?: Failure;
}

type Ending = Omit<ReleaseEnd, 'endedAt'>;

/** The sentence within a cause: Lambda's JSON of the error, Step Functions' JSON of the failed execution, or text. */
function causeText(cause: string): string {
  try {
    const { errorMessage, Cause } = JSON.parse(cause) as { errorMessage?: string; Cause?: string };
    return errorMessage ?? (Cause === undefined ? cause : causeText(Cause));
  } catch {
    return cause;
  }
}

/** What an error means for the release: the failed promotion knows; without one nothing was applied. */
function endingAfter(error: string, cause: string, promotions: readonly Promotion[]): Ending {
  const failure = { name: error, message: causeText(cause) || error };
  const last = promotions.at(-1);
  if (last?.outcome !== undefined && isFailure(last.outcome)) {
    return { outcome: last.outcome as ReleaseOutcome, failure: last.failure ?? failure };
  }
  const wasCutShort = last !== undefined && last.outcome === undefined && last.firstWriteAt !== undefined;
  return { outcome: wasCutShort ? 'failed-not-rolled-back' : 'failed-nothing-applied', failure };
}

/** Ends a release in the ledger; the first end stands. */
export function recordOutcome({
  releases,
  promotions,
  clock,
}: {
  releases: ReleaseLedger;
  promotions: PromotionLedger;
  clock: Clock;
}): (input: RecordOutcomeInput) => Promise<RecordOutcomeResult> {
  return async (input) => {
    const id = { application: input.application, release: input.release };
    const ending =
      input.outcome === undefined
        ? endingAfter(input.error, input.cause ?? '', await promotions.promotions(id))
        : endingOf(input);
    const { outcome, failure } = await releases.end(id, { ...ending, endedAt: clock.now() });
    return { outcome, ...(failure === undefined ? {} : { failure }) };
  };
}

function endingOf({
  outcome,
  failure,
  supersededBy,
}: RecordOutcomeInput & { outcome: ReleaseOutcome }): Ending {
  return {
    outcome,
    ...(failure === undefined ? {} : { failure }),
    ...(supersededBy === undefined ? {} : { supersededBy }),
  };
}
