import type { Cause } from '#domain/cause.ts';
import { ProgressDeadlineExceededError, RolloutFailedError } from '#domain/errors.ts';
import { identityText } from '#domain/manifest.ts';

/** The most of a log that a diagnosis holds (KUBERNETES.md G2). */
export const diagnosisLogLines = 20;
const longestLogBytes = 4_096;

/** A cause with the log that goes with it, already free of secrets. */
export interface Diagnosis {
  readonly cause: Cause;
  /** The last lines, oldest first. */
  readonly log: readonly string[];
}

/** The last lines of a log that are kept: at most twenty and at most 4 KiB, blank ones left out. */
export function logTail(text: string): readonly string[] {
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== '');
  const tail: string[] = [];
  let bytes = 0;
  for (const line of lines.slice(-diagnosisLogLines).reverse()) {
    bytes += Buffer.byteLength(line) + 1;
    if (bytes > longestLogBytes && tail.length > 0) break;
    tail.unshift(bytes > longestLogBytes ? `${line.slice(0, 1_000)}…` : line);
  }
  return tail;
}

const tellsWhatIsWrong = /error|exception|panic|fatal|cannot|can't|failed|denied|refused/i;
/** Where in its code a program was; every language has its own way to say it, and none says why. */
const isStackFrame = /^\s+(at |File "|from |\S+\.go:\d+)|^goroutine \d+/;

/** The line of a log that says most: the last one that speaks of an error, else the last that is no stack frame. */
export function tellingLine(log: readonly string[]): string | undefined {
  const spoken = log.filter((line) => !isStackFrame.test(line));
  return (spoken.findLast((line) => tellsWhatIsWrong.test(line)) ?? spoken.at(-1) ?? log.at(-1))?.trim();
}

/** `Deployment.apps production/web: container 'web' crashed (exit code 1) in 2 of 2 new pods: FATAL: no database`. */
export function diagnosisHeadline({ cause, log }: Diagnosis): string {
  const pods = cause.pods === undefined ? '' : ` in ${cause.pods.affected} of ${cause.pods.total} new pods`;
  const words = tellingLine(log) ?? cause.detail?.split('\n', 1)[0];
  return `${identityText(cause.object)}: ${cause.summary}${pods}${words === undefined ? '' : `: ${words}`}`;
}

/** The error of a rollout that cannot become healthy: its message is what people will read. */
export function rolloutFailed(diagnosis: Diagnosis): RolloutFailedError {
  return new RolloutFailedError(withLog(diagnosisHeadline(diagnosis), diagnosis), factsOf(diagnosis));
}

/** The error of a rollout that was not healthy in time, with what it waited for. */
export function deadlineExceeded(
  deadlineSeconds: number,
  waitingFor: readonly string[],
  diagnosis: Diagnosis | undefined,
): ProgressDeadlineExceededError {
  const list = waitingFor.slice(0, 5).join('; ');
  const headline = `rollout: not healthy within ${deadlineSeconds} s; waited for ${list}`;
  if (diagnosis === undefined) return new ProgressDeadlineExceededError(headline, { waitingFor });
  const message = withLog(`${headline}\n${diagnosisHeadline(diagnosis)}`, diagnosis);
  return new ProgressDeadlineExceededError(message, { waitingFor, ...factsOf(diagnosis) });
}

function withLog(headline: string, { cause, log }: Diagnosis): string {
  const from = cause.logFrom;
  if (from === undefined) return headline;
  const command = `kubectl -n ${from.namespace} logs ${from.pod} -c ${from.container} --previous`;
  const lines = log.length === 0 ? ['(its log is empty or gone)'] : log.map((line) => `  ${line}`);
  return [headline, ...lines, `More: ${command}`].join('\n');
}

function factsOf({ cause, log }: Diagnosis): Readonly<Record<string, string | number | readonly string[]>> {
  return {
    rule: cause.rule,
    object: identityText(cause.object),
    ...(cause.container === undefined ? {} : { container: cause.container }),
    ...(cause.exitCode === undefined ? {} : { exitCode: cause.exitCode }),
    ...(cause.pods === undefined ? {} : { affectedPods: cause.pods.affected, newPods: cause.pods.total }),
    log,
  };
}
