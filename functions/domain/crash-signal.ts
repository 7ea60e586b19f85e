import type { Termination } from '#domain/cause.ts';
import { clockSlackMilliseconds, countOccurrences } from '#domain/cluster-events.ts';
import type { Instant } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import { type ContainerView, occurrencesOfContainer, type PodSignal } from '#domain/pod-signal.ts';
import { probeText } from '#domain/probe.ts';
import type { TerminatedState } from '#domain/workload.ts';

/** A container that terminated this often in one rollout is not going to run (E2); once may be a slow dependency. */
export const terminalTerminations = 2;

// What people should know of an exit code that isn't the program's own (G2).
const exitCodeMeanings: Readonly<Record<number, string>> = {
  126: 'command not executable',
  127: 'command not found',
  134: 'SIGABRT',
  135: 'SIGBUS',
  136: 'SIGFPE: arithmetic fault',
  137: 'SIGKILL: killed from outside, often for its memory',
  139: 'SIGSEGV: segmentation fault',
  143: 'SIGTERM: asked to stop',
};

/** What an exit code means where it isn't the program's own; undefined for those. */
export function exitCodeMeaning(exitCode: number): string | undefined {
  return exitCodeMeanings[exitCode];
}

/** `exit code 137, SIGKILL`. */
export function exitCodeText(exitCode: number): string {
  const meaning = exitCodeMeanings[exitCode]?.split(':', 1)[0];
  return meaning === undefined ? `exit code ${exitCode}` : `exit code ${exitCode}, ${meaning}`;
}

/** What a container that ended tells (E2, E10, E11); undefined when it did not end in this rollout. */
export function crashSignal(view: ContainerView): PodSignal | undefined {
  const terminations = countTerminations(view);
  const ended = lastTermination(view);
  if (terminations === 0 || ended === undefined) return undefined;
  // An init container is meant to end; it is wrong only if it fails.
  if (view.role === 'init container' && ended.exitCode === 0) return undefined;
  const { rule, summary, detail } = describe(view, ended);
  return {
    rule,
    summary,
    container: view.status.name,
    attempts: terminations,
    limits: limitsOf(view),
    termination: terminationOf(view, ended),
    logFrom: logOf(view, ended),
    ...(detail === undefined ? {} : { detail }),
  };
}

// A pod that isn't restarted is its Job's to judge (E13), or is failed itself.
function limitsOf({ pod }: ContainerView): PodSignal['limits'] {
  const { restartPolicy = 'Always' } = pod.spec;
  if (restartPolicy === 'Always') return [{ kind: 'attempts-each', attempts: terminalTerminations }];
  return [];
}

function describe(
  view: ContainerView,
  ended: TerminatedState,
): Pick<PodSignal, 'rule' | 'summary'> & { readonly detail: string | undefined } {
  const { spec, role, title } = view;
  const { exitCode, reason, message: detail } = ended;
  if (reason === 'OOMKilled')
    return { rule: 'E2c', summary: `${title} ran out of memory (OOMKilled, ${memoryText(spec)})`, detail };
  const probe = killedBy(view, exitCode);
  if (probe !== undefined && role === 'container')
    return {
      rule: 'E10',
      summary: `${title} was killed by its ${probe.name} probe${probe.text} (${exitCodeText(exitCode)})`,
      detail: probe.detail,
    };
  if (role !== 'container')
    return { rule: 'E11', summary: `${title} failed (${exitCodeText(exitCode)})`, detail };
  if (exitCode === 0)
    return { rule: 'E2b', summary: `${title} exited with code 0, but is meant to keep running`, detail };
  return { rule: 'E2', summary: `${title} crashed (${exitCodeText(exitCode)})`, detail };
}

function memoryText(spec: ContainerView['spec']): string {
  const limit = spec?.resources?.limits?.memory;
  const request = spec?.resources?.requests?.memory;
  if (limit === undefined) return 'no limit of its own: its node ran out';
  return request === undefined || request === limit ? `limit ${limit}` : `limit ${limit}, request ${request}`;
}

interface KillingProbe {
  readonly name: 'liveness' | 'startup';
  readonly text: string;
  readonly detail: string;
}

const killed = /failed (liveness|startup) probe, will be restarted/;
const killingExitCodes = new Set([137, 143]);

/**
 * The probe that ended a container, by the event that says so. Events may be lost: a failed probe and the signal that it
 * ends a container with will do, while a probe that fails because the container crashed will not.
 */
function killedBy(view: ContainerView, exitCode: number): KillingProbe | undefined {
  const seen = occurrencesOfContainer(view);
  const failures = seen.filter(
    ({ reason, message }) => reason === 'Unhealthy' && /^(Liveness|Startup) probe/.test(message),
  );
  const kill = seen.find(({ reason, message }) => reason === 'Killing' && killed.test(message));
  const failure = failures.at(-1);
  if (kill === undefined && (failure === undefined || !killingExitCodes.has(exitCode))) return undefined;
  const words = kill === undefined ? failure?.message : killed.exec(kill.message)?.[1];
  const name = /startup/i.test(words ?? '') ? 'startup' : 'liveness';
  const probe = name === 'startup' ? view.spec?.startupProbe : view.spec?.livenessProbe;
  return {
    name,
    text: probe === undefined ? '' : ` ${probeText(probe)}`,
    detail: [failure?.message, patience(view, probe)].filter(Boolean).join('; '),
  };
}

/** How long the container ran beside how long its probe gives it. */
function patience(view: ContainerView, probe: Parameters<typeof probeText>[0] | undefined): string {
  const ran = ranSeconds(lastTermination(view));
  if (ran === undefined || probe === undefined) return '';
  const { initialDelaySeconds = 0, failureThreshold = 3, periodSeconds = 10 } = probe;
  return `it had run ${ran} s, and the probe gives it ${initialDelaySeconds} s before the first of ${failureThreshold} tries, ${periodSeconds} s apart`;
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
  const seen = occurrencesOfContainer(view);
  const backOffs = countOccurrences(seen, 'BackOff', /restarting failed container/);
  const kills = countOccurrences(seen, 'Killing', killed);
  return Math.max(dated, counted, kills, backOffs > 0 ? terminalTerminations : 0);
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

function ranSeconds(ended: TerminatedState | undefined): number | undefined {
  const [from, to] = [momentOf(ended?.startedAt), momentOf(ended?.finishedAt)];
  return from === undefined || to === undefined || to < from ? undefined : Math.round((to - from) / 1000);
}

function terminationOf({ status }: ContainerView, ended: TerminatedState): Termination {
  const finishedAt = momentOf(ended.finishedAt);
  const ran = ranSeconds(ended);
  return {
    exitCode: ended.exitCode,
    restarts: status.restartCount ?? 0,
    ...(ended.reason === undefined ? {} : { reason: ended.reason }),
    ...(ran === undefined ? {} : { ranSeconds: ran }),
    ...(finishedAt === undefined ? {} : { finishedAt }),
  };
}

function logOf({ status, pod }: ContainerView, ended: TerminatedState): PodSignal['logFrom'] & object {
  return {
    namespace: pod.metadata.namespace ?? 'default',
    pod: pod.metadata.name,
    container: status.name,
    run: ended.containerID ?? ended.finishedAt ?? String(status.restartCount ?? 0),
    previous: ended !== status.state?.terminated,
    isRestarted: pod.spec.restartPolicy !== 'Never',
  };
}
