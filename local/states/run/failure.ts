/** Why a state failed: an error name and a cause, as Catch and the history show them. */
export class StateFailure extends Error {
  override readonly name = 'StateFailure';
  /** The error name that ErrorEquals matches; absent when a callback or a Fail state gave none. */
  readonly error: string | undefined;
  readonly reason: string | undefined;
  /** The field whose expression failed; the history then gets an EvaluationFailed event. */
  readonly location: string | undefined;

  constructor(error: string | undefined, reason?: string, location?: string) {
    super(`state failed with error '${error ?? ''}': ${reason ?? ''}`);
    this.error = error;
    this.reason = reason;
    this.location = location;
  }
}

/** Unwinds a thread that was stopped: by StopExecution, a timeout, or a failing sibling branch. */
export class Aborted extends Error {
  override readonly name = 'Aborted';
}

/** `{Error, Cause}` as `$states.errorOutput` has it. */
export function errorOutput(failure: StateFailure): { Error?: string; Cause?: string } {
  return {
    ...(failure.error === undefined ? {} : { Error: failure.error }),
    ...(failure.reason === undefined ? {} : { Cause: failure.reason }),
  };
}
