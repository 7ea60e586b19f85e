import { clockSlackMilliseconds, countOccurrences } from '#domain/cluster-events.ts';
import type { Instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import type { ContainerView, PodSignal } from '#domain/pod-signal.ts';
import type { TerminatedState } from '#domain/workload.ts';

/** A container that terminated this often in one rollout is not going to run (E2); once may be a slow dependency. */
export const terminalTerminations = 2;

// What people should know of an exit code that isn't the program's own (G2).
const exitCodeMeanings: Readonly<Record<number, string>> = {
  126: 'command not executable',
  127: 'command not found',
  134: 'SIGABRT',
  137: 'SIGKILL',
  139: 'SIGSEGV: segmentation fault',
  143: 'SIGTERM',
};

/** `exit code 137, SIGKILL`. */
export function exitCodeText(exitCode: number): string {
  const meaning = exitCodeMeanings[exitCode];
  return meaning === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, ${meaning}`;
}

/** What a container that ended tells (E2, E10, E11); undefined when it did not end in this rollout. */
export function crashSignal(view: ContainerView): PodSignal | undefined {
  const terminations = countTerminations(view);
  const terminated = lastTermination(view);
  if (terminations === 0 || terminated === undefined) return undefined;
  const { name } = view.status;
  // An init container is meant to end; it is wrong only if it fails.
  if (view.role === 'init container' && terminated.exitCode === 0) return undefined;
  return {
    ...describe(view, terminated),
    container: name,
    exitCode: terminated.exitCode,
    attempts: terminations,
    limit: { kind: 'attempts-each', attempts: terminalTerminations },
    hasLog: true,
    ...(terminated.message === undefined ? {} : { detail: terminated.message }),
  };
}

function describe(
  view: ContainerView,
  { exitCode, reason }: TerminatedState,
): Pick<PodSignal, 'rule' | 'summary'> {
  const { status, spec, role, occurrences } = view;
  const subject = `${role} '${status.name}'`;
  if (reason === 'OOMKilled') {
    const limit = spec?.resources?.limits?.memory;
    return {
      rule: 'E2c',
      summary: `${subject} ran out of memory (OOMKilled${limit === undefined ? '' : `, limit ${limit}`})`,
    };
  }
  if (role === 'init container')
    return { rule: 'E11', summary: `${subject} failed (${exitCodeText(exitCode)})` };
  if (
    occurrences.some(
      (seen) => seen.reason === 'Unhealthy' && /^(Liveness|Startup) probe failed/.test(seen.message),
    )
  ) {
    return {
      rule: 'E10',
      summary: `${subject} was killed by its liveness probe (${exitCodeText(exitCode)})`,
    };
  }
  if (exitCode === 0)
    return { rule: 'E2b', summary: `${subject} exited with code 0, but is meant to keep running` };
  return { rule: 'E2', summary: `${subject} crashed (${exitCodeText(exitCode)})` };
}

/**
 * Terminations of a container in this rollout. Status lags: the second crash is first seen as a `BackOff` event, the
 * kubelet restarting at once after the first (measured: 2.6 s against 12.6 s for `restartCount: 2`).
 */
function countTerminations(view: ContainerView): number {
  const { status, isNew, context } = view;
  const { state, lastState, restartCount = 0 } = status;
  const dated = [state?.terminated, lastState?.terminated].filter((ended) =>
    isSince(ended, context.appliedAt),
  ).length;
  const stopped =
    state?.terminated !== undefined || (state?.waiting !== undefined && lastState?.terminated !== undefined);
  const counted = isNew ? restartCount + (stopped ? 1 : 0) : 0;
  const backOffs = countOccurrences(backOffsOf(view), 'BackOff', /restarting failed container/);
  return Math.max(dated, counted, backOffs > 0 ? terminalTerminations : 0);
}

function backOffsOf({ status, occurrences, role }: ContainerView): ContainerView['occurrences'] {
  const path = `spec.${role === 'container' ? 'containers' : 'initContainers'}{${status.name}}`;
  return occurrences.filter(({ subject }) => subject.fieldPath === undefined || subject.fieldPath === path);
}

function isSince(terminated: TerminatedState | undefined, appliedAt: Instant): boolean {
  const finishedAt = momentOf(terminated?.finishedAt);
  return finishedAt !== undefined && finishedAt >= appliedAt - clockSlackMilliseconds;
}

function lastTermination({ status, isNew, context }: ContainerView): TerminatedState | undefined {
  return [status.state?.terminated, status.lastState?.terminated].find(
    (ended) => ended !== undefined && (isNew || isSince(ended, context.appliedAt)),
  );
}

/** When a container last ended in this rollout: it disturbs the stability window (E15). */
export function lastDisturbance(view: ContainerView): Instant | undefined {
  return momentOf(lastTermination(view)?.finishedAt);
}
