import type { Failure } from '#domain/release.ts';

/** An error as a state machine passes it: `message` is Step Functions' Cause. */
export interface StateError {
  readonly name: string;
  readonly message: string;
}

function parsed(text: string): Record<string, unknown> | undefined {
  if (!text.startsWith('{')) return undefined;
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    // A Cause longer than Step Functions' limit comes cut off: its text is still the best there is.
    return undefined;
  }
}

/**
 * What went wrong, for people: of a function's error Step Functions gives a JSON Cause
 * (`{errorType, errorMessage, trace}`), of everything else a text.
 */
export function failureOf({ name, message }: StateError): Failure {
  const { errorType, errorMessage } = parsed(message) ?? {};
  if (typeof errorMessage !== 'string') return { name, message };
  return { name: typeof errorType === 'string' ? errorType : name, message: errorMessage };
}
