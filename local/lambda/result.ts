import type { InvocationResult } from './invoker.ts';

/** A function error with Lambda's usual payload. */
export const errorResult = (errorType: string, errorMessage: string): InvocationResult => ({
  kind: 'error',
  errorType,
  errorMessage,
  payload: JSON.stringify({ errorType, errorMessage }),
});

/** A function error as the runtime reported it; what is not an error object is passed on as it is. */
export function reportedError(payload: string): InvocationResult {
  const described = JSON.parse(payload) as { errorType?: unknown; errorMessage?: unknown };
  return {
    kind: 'error',
    errorType: String(described.errorType ?? 'Error'),
    errorMessage: String(described.errorMessage ?? ''),
    payload,
  };
}

const secondsText = (milliseconds: number): string => (milliseconds / 1000).toFixed(2);

export const timedOut = (requestId: string, milliseconds: number): InvocationResult =>
  errorResult(
    'Sandbox.Timedout',
    `RequestId: ${requestId} Error: Task timed out after ${secondsText(milliseconds)} seconds`,
  );

/** How a process ended, as Lambda words it. */
export function exited(
  requestId: string,
  code: number | null,
  signal: NodeJS.Signals | null,
): InvocationResult {
  const how =
    signal !== null
      ? `Runtime exited with error: signal: ${signalWords[signal] ?? signal}`
      : code === 0
        ? 'Runtime exited without providing a reason'
        : `Runtime exited with error: exit status ${code}`;
  return errorResult('Runtime.ExitError', `RequestId: ${requestId} Error: ${how}`);
}

const signalWords: Readonly<Partial<Record<NodeJS.Signals, string>>> = {
  SIGKILL: 'killed',
  SIGTERM: 'terminated',
  SIGABRT: 'aborted',
  SIGSEGV: 'segmentation fault',
};
