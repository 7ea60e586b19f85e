import { countOccurrences } from '#domain/cluster-events.ts';
import { secondsAfter } from '#domain/instant.ts';
import { referenceLimits } from '#domain/missing-reference.ts';
import {
  type ContainerView,
  occurrencesOfContainer,
  type PodSignal,
  type SignalLimit,
} from '#domain/pod-signal.ts';

type WaitingRule = (view: ContainerView, reason: string, message: string) => PodSignal;

/** What a container that waits tells (E1, E3, E4); undefined when its waiting means nothing bad. */
export function waitingSignal(view: ContainerView): PodSignal | undefined {
  const { state, lastState } = view.status;
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? '';
  const message =
    state?.waiting?.message ?? state?.terminated?.message ?? lastState?.terminated?.message ?? '';
  // A container that never started goes on as CrashLoopBackOff: its last state tells the cause (E3).
  const last = lastState?.terminated;
  if (last !== undefined && neverStarted.has(last.reason ?? '') && state?.running === undefined)
    return cannotStart(view, last.reason ?? '', last.message ?? message);
  return rules[reason]?.(view, reason, message);
}

const neverStarted = new Set(['StartError', 'ContainerCannotRun']);

const neverPulled: WaitingRule = (view, reason, message) =>
  signal(view, 'E1b', `image ${image(view)} cannot be used (${reason})`, message, 1, [{ kind: 'now' }]);

// Trouble of the registry or the way to it: it may pass (E1a).
const registryTrouble =
  /no such host|server misbehaving|temporary failure|i\/o timeout|timed? ?out|deadline exceeded|toomanyrequests|too many requests|rate exceeded|TLS handshake|\b5\d\d (internal|bad gateway|service|gateway)|status(?: code)?[^\n]{0,40}: 5\d\d/i;
const registryTroubleSeconds = 180;
// Refused for what it is: another try asks the same question. Over all pods, because they all ask it (E16).
const refusedImage =
  /manifest unknown|not found|pull access denied|no basic auth|\b40[13]\b|unauthorized|denied|does not exist|no match for platform|no matching manifest/i;
const refusals = 2;
// Where events are lost the status tells of one attempt only: it backs off for this long before the second.
const refusedForSeconds = 30;

const cannotPull: WaitingRule = (view, _, message) => {
  const failures = countOccurrences(occurrencesOfContainer(view), 'Failed', /^Failed to pull image/);
  // Once it backs off, the status no longer says why; the event does.
  const detail = message === '' || message.startsWith('Back-off') ? lastFailure(view) || message : message;
  const attempts = Math.max(1, failures);
  const summary = `image ${image(view)} cannot be pulled`;
  return signal(view, 'E1a', summary, detail, attempts, pullLimits(detail, view));
};

function pullLimits(detail: string, view: ContainerView): readonly SignalLimit[] {
  if (registryTrouble.test(detail))
    return [{ kind: 'at', moment: secondsAfter(view.since, registryTroubleSeconds) }];
  const attempts = refusedImage.test(detail)
    ? ({ kind: 'attempts-together', attempts: refusals } as const)
    : ({ kind: 'attempts-each', attempts: refusals } as const);
  return [attempts, { kind: 'at', moment: secondsAfter(view.since, refusedForSeconds) }];
}

function lastFailure(view: ContainerView): string {
  return (
    occurrencesOfContainer(view)
      .filter(({ reason, message }) => reason === 'Failed' && /^Failed to pull/.test(message))
      .at(-1)?.message ?? ''
  );
}

// The exit code is always 128 and tells nothing: only the text does (E3).
const hopelessStart =
  /no such file|executable file not found|permission denied|exec format error|not a directory|is a directory/i;
const passingStart = /context deadline exceeded|failed to reserve|sandbox|timed? ?out|connection refused/i;
const startTroubleSeconds = 120;

const cannotStart: WaitingRule = (view, reason, message) =>
  signal(
    view,
    'E3',
    `${view.title} cannot start`,
    message || reason,
    Math.max(1, (view.isNew ? (view.status.restartCount ?? 0) : 0) + 1),
    startLimits(view, message),
  );

function startLimits(view: ContainerView, message: string): readonly SignalLimit[] {
  if (hopelessStart.test(message)) return [{ kind: 'now' }];
  const patience: SignalLimit = { kind: 'at', moment: secondsAfter(view.since, startTroubleSeconds) };
  return passingStart.test(message) ? [patience] : [patience, { kind: 'attempts-each', attempts: 2 }];
}

const badConfiguration: WaitingRule = (view, _, message) => {
  const { limits, missing } = referenceLimits(view.pod, message, view.since, view.context);
  return {
    ...signal(view, 'E4', `${view.title} cannot be configured`, message, 1, limits),
    ...(missing === undefined ? {} : { missing }),
  };
};

const rules: Readonly<Record<string, WaitingRule>> = {
  InvalidImageName: neverPulled,
  ErrImageNeverPull: neverPulled,
  ImageInspectError: neverPulled,
  ErrImagePull: cannotPull,
  ImagePullBackOff: cannotPull,
  RegistryUnavailable: cannotPull,
  SignatureValidationFailed: cannotPull,
  RunContainerError: cannotStart,
  CreateContainerError: cannotStart,
  StartError: cannotStart,
  ContainerCannotRun: cannotStart,
  CreateContainerConfigError: badConfiguration,
};

function image({ spec }: ContainerView): string {
  return `'${spec?.image ?? 'unknown'}'`;
}

function signal(
  view: ContainerView,
  rule: PodSignal['rule'],
  summary: string,
  detail: string,
  attempts: number,
  limits: readonly SignalLimit[],
): PodSignal {
  return {
    rule,
    summary,
    attempts,
    limits,
    container: view.status.name,
    ...(detail === '' ? {} : { detail }),
  };
}
