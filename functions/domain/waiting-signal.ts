import { countOccurrences } from '#domain/cluster-events.ts';
import { secondsAfter } from '#domain/instant.ts';
import { type ContainerView, isOurs, type PodSignal, type SignalLimit } from '#domain/pod-signal.ts';

type WaitingRule = (view: ContainerView, reason: string, message: string) => PodSignal;

/** What a container that waits tells (E1, E3, E4); undefined when its waiting means nothing bad. */
export function waitingSignal(view: ContainerView): PodSignal | undefined {
  const { state, lastState } = view.status;
  const reason = state?.waiting?.reason ?? state?.terminated?.reason ?? '';
  const message =
    state?.waiting?.message ?? state?.terminated?.message ?? lastState?.terminated?.message ?? '';
  // A container that never started goes on as CrashLoopBackOff: its last state tells the cause (E3).
  const notStarted = lastState?.terminated?.reason === 'StartError' && state?.running === undefined;
  return rules[notStarted ? 'StartError' : reason]?.(view, reason, message);
}

const neverStarts: WaitingRule = (view, reason, message) =>
  signal(view, 'E1b', `image ${image(view)} cannot be used (${reason})`, message, 1, { kind: 'now' });

// Refused for what it is: another try asks the same question. Over all pods, because they all ask it (E16).
const refusedImage =
  /manifest unknown|not found|pull access denied|no basic auth|\b403\b|unauthorized|denied|does not exist/i;
const registryTrouble =
  /no such host|i\/o timeout|timed? ?out|\b50\d\b|\b429\b|toomanyrequests|TLS handshake|temporary failure/i;
const registryTroubleSeconds = 180;

const cannotPull: WaitingRule = (view, _, message) => {
  const failures = countOccurrences(view.occurrences, 'Failed', /^Failed to pull image/);
  // Once it backs off, the status no longer says why; the event does.
  const detail = message === '' || message.startsWith('Back-off') ? lastFailure(view) || message : message;
  const attempts = Math.max(1, failures);
  return signal(
    view,
    'E1a',
    `image ${image(view)} cannot be pulled`,
    detail,
    attempts,
    pullLimit(detail, view),
  );
};

function pullLimit(detail: string, view: ContainerView): SignalLimit {
  if (refusedImage.test(detail)) return { kind: 'attempts-together', attempts: 2 };
  if (registryTrouble.test(detail))
    return { kind: 'at', moment: secondsAfter(view.since, registryTroubleSeconds) };
  return { kind: 'attempts-each', attempts: 2 };
}

function lastFailure({ occurrences }: ContainerView): string {
  return (
    occurrences.filter(({ reason, message }) => reason === 'Failed' && /^Failed to pull/.test(message)).at(-1)
      ?.message ?? ''
  );
}

// The exit code is always 128 and tells nothing: only the text does (E3).
const hopelessStart =
  /no such file|executable file not found|permission denied|exec format error|not a directory|is a directory/i;
const startTroubleSeconds = 120;

const cannotStart: WaitingRule = (view, reason, message) =>
  signal(
    view,
    'E3',
    `${view.role} '${view.status.name}' cannot start`,
    message || reason,
    1,
    hopelessStart.test(message)
      ? { kind: 'now' }
      : { kind: 'at', moment: secondsAfter(view.since, startTroubleSeconds) },
  );

const missingReference = /(secret|configmap) "([^"]+)" not found/i;
const badConfigurationSeconds = 10;

const badConfiguration: WaitingRule = (view, _, message) => {
  const missing = missingReference.exec(message);
  const ours = missing !== null && isOurs(missing[1] ?? '', missing[2] ?? '', view.context);
  const limit: SignalLimit =
    ours || /failed to sync/.test(message)
      ? { kind: 'never' }
      : { kind: 'at', moment: secondsAfter(view.since, badConfigurationSeconds) };
  return signal(view, 'E4', `${view.role} '${view.status.name}' cannot be configured`, message, 1, limit);
};

const rules: Readonly<Record<string, WaitingRule>> = {
  InvalidImageName: neverStarts,
  ErrImageNeverPull: neverStarts,
  ErrImagePull: cannotPull,
  ImagePullBackOff: cannotPull,
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
  limit: SignalLimit,
): PodSignal {
  return {
    rule,
    summary,
    attempts,
    limit,
    container: view.status.name,
    ...(detail === '' ? {} : { detail }),
  };
}
