import type { Cause } from '#domain/cause.ts';
import { exitCodeMeaning } from '#domain/crash-signal.ts';
import { type ErrorFacts, ProgressDeadlineExceededError, RolloutFailedError } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import { identityText } from '#domain/manifest.ts';

/** The most of a log that a diagnosis holds (KUBERNETES.md G2). */
export const diagnosisLogLines = 20;
const longestLogBytes = 4_096;

/** A cause with all that a person needs to mend it, already free of secrets (KUBERNETES.md §10): plain JSON. */
export interface Diagnosis {
  readonly cause: Cause;
  /** The last lines, oldest first. */
  readonly log: readonly string[];
  /** When it was found. */
  readonly at?: Instant;
  /** Where what is missing may be found, and who should make it (G3). */
  readonly reference?: string;
  /** Why no node takes the pods: one line for each constraint and what the cluster has (G4). */
  readonly scheduling?: readonly string[];
  /** What changed since the last good release on the failing path (G5). */
  readonly changed?: readonly string[];
  /** What else is wrong; the cause explains it, or comes before it (G1). */
  readonly also?: readonly string[];
  /** What the engine did about it before it gave up. */
  readonly remedied?: readonly string[];
  /** The command that shows more (G6). */
  readonly more?: string;
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

/** A diagnosis as people read it: the headline, the log, the facts, the command that shows more. */
export function diagnosisText(diagnosis: Diagnosis): string {
  const { reference, scheduling = [], changed = [], also = [], remedied = [], more } = diagnosis;
  return [
    diagnosisHeadline(diagnosis),
    ...logLines(diagnosis),
    ...terminationLines(diagnosis),
    ...(reference === undefined ? [] : [reference]),
    ...scheduling,
    ...(changed.length === 0 ? [] : [`Changed since the last good release: ${changed.join('; ')}`]),
    ...remedied.map((text) => `Tried: ${text}`),
    ...also.map((text) => `Also: ${text}`),
    ...(more === undefined ? [] : [`More: ${more}`]),
  ].join('\n');
}

function logLines({ cause, log }: Diagnosis): readonly string[] {
  if (cause.logFrom === undefined) return [];
  return log.length === 0 ? ['(its log is empty or gone)'] : log.map((line) => `  ${line}`);
}

function terminationLines({ cause: { termination, detail }, log }: Diagnosis): readonly string[] {
  if (termination === undefined) return [];
  const { exitCode, ranSeconds, restarts } = termination;
  const meaning = exitCodeMeaning(exitCode);
  const facts = [
    ranSeconds === undefined ? '' : `it ran ${ranSeconds} s`,
    restarts === 0 ? '' : `restarted ${restarts} ${restarts === 1 ? 'time' : 'times'}`,
    meaning === undefined ? '' : `exit code ${exitCode} is ${meaning}`,
  ].filter((fact) => fact !== '');
  // Where there is no log the headline has these words already.
  const words = detail === undefined || log.length === 0 ? [] : [firstLine(detail)];
  return facts.length === 0 ? words : [...words, `(${facts.join(', ')})`];
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0] ?? '';
}

/** The error of a rollout that cannot become healthy: its message is what people will read. */
export function rolloutFailed(diagnosis: Diagnosis): RolloutFailedError {
  return new RolloutFailedError(diagnosisText(diagnosis), factsOf(diagnosis));
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
  const message = `${headline}\n${diagnosisText(diagnosis)}`;
  return new ProgressDeadlineExceededError(message, { waitingFor, ...factsOf(diagnosis) });
}

function factsOf({ cause, log, reference, scheduling, changed, more }: Diagnosis): ErrorFacts {
  const { uid, container, termination, pods } = cause;
  return {
    rule: cause.rule,
    object: identityText(cause.object),
    ...(uid === undefined ? {} : { uid }),
    ...(container === undefined ? {} : { container }),
    ...(termination === undefined ? {} : { exitCode: termination.exitCode, restarts: termination.restarts }),
    ...(pods === undefined ? {} : { affectedPods: pods.affected, newPods: pods.total }),
    ...(cause.blockedBy === undefined ? {} : { blockedBy: cause.blockedBy }),
    ...(reference === undefined ? {} : { reference }),
    ...(scheduling === undefined ? {} : { scheduling }),
    ...(changed === undefined ? {} : { changed }),
    ...(more === undefined ? {} : { more }),
    log,
  };
}
