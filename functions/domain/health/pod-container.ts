import type { CauseRule } from '#domain/cause.ts';
import { exitCodeText, terminalTerminations } from '#domain/crash-signal.ts';
import {
  type JsonRecord,
  numberAt,
  recordAt,
  recordsAt,
  textAt,
  valueAt,
} from '#domain/health/live-fields.ts';
import { failed, failedAfter, type RuleContext } from '#domain/health/rule.ts';
import type { Health } from '#domain/health-verdict.ts';
import { type Instant, instant } from '#domain/instant.ts';
import { type LiveObject, momentOf } from '#domain/live-object.ts';

// What a container's status shows without the events beside it. An image's second refusal is seen in the events first
// (E1a); here the kubelet's going over to back off stands for it.
const pullTroubleSeconds = 180;
const startTroubleSeconds = 120;
const configurationSeconds = 10;

const refusedImage =
  /manifest unknown|not found|pull access denied|no basic auth|\b403\b|unauthorized|denied|does not exist/i;
const hopelessStart =
  /no such file|executable file not found|permission denied|exec format error|not a directory|is a directory/i;
const missingReference = /(secret|configmap) "([^"]+)" not found/i;

interface Waiting {
  readonly rule: CauseRule;
  readonly summary: string;
  /** How long it may last before it is a failure, in seconds. */
  readonly seconds: (message: string, context: RuleContext) => number;
}

const atOnce = () => 0;
const never = Number.POSITIVE_INFINITY;
const unusableImage = { rule: 'E1b', summary: 'has an image that cannot be used', seconds: atOnce } as const;
const cannotStart = {
  rule: 'E3',
  summary: 'cannot start',
  seconds: (message: string) => (hopelessStart.test(message) ? 0 : startTroubleSeconds),
} as const;

const unpullable = { rule: 'E1a', summary: 'has an image that cannot be pulled' } as const;

const waitingReasons: ReadonlyMap<string, Waiting> = new Map<string, Waiting>([
  ['InvalidImageName', unusableImage],
  ['ErrImageNeverPull', unusableImage],
  ['ErrImagePull', { ...unpullable, seconds: () => pullTroubleSeconds }],
  [
    'ImagePullBackOff',
    { ...unpullable, seconds: (message) => (refusedImage.test(message) ? 0 : pullTroubleSeconds) },
  ],
  // The kubelet restarts at once after the first end: whoever backs off has ended twice (E2).
  ['CrashLoopBackOff', { rule: 'E2', summary: 'crashes again and again', seconds: atOnce }],
  [
    'CreateContainerConfigError',
    {
      rule: 'E4',
      summary: 'cannot be configured',
      seconds: (message, context) => (isComing(message, context) ? never : configurationSeconds),
    },
  ],
  ['RunContainerError', cannotStart],
  ['CreateContainerError', cannotStart],
  ['StartError', cannotStart],
  ['ContainerCannotRun', cannotStart],
]);

// Reasons that this table doesn't know, as the kubelet spells its errors.
const errorLike = /^Err|Error$|BackOff$/;

function isComing(message: string, { objects }: RuleContext): boolean {
  const [, kind, name] = missingReference.exec(message) ?? [];
  const isOurs = objects.some(
    (object) => object.kind.toLowerCase() === kind?.toLowerCase() && object.metadata.name === name,
  );
  return isOurs || /failed to sync/.test(message);
}

/** The verdict on the container of a pod that is in the worst trouble; undefined when none is. */
export function troubledContainer(
  live: LiveObject,
  restarts: string,
  context: RuleContext,
): Health | undefined {
  const judge = (role: Role) => (container: JsonRecord) =>
    waits({ live, container, role, restarts, context }) ??
    ended({ live, container, role, restarts, context });
  const verdicts = [
    ...recordsAt(live, 'status', 'initContainerStatuses').map(judge('init container')),
    ...recordsAt(live, 'status', 'containerStatuses').map(judge('container')),
  ];
  return verdicts.find((each) => each?.verdict === 'failed') ?? verdicts.find((each) => each !== undefined);
}

type Role = 'container' | 'init container';

interface ContainerView {
  readonly live: LiveObject;
  readonly container: JsonRecord;
  readonly role: Role;
  /** The pod's restartPolicy. */
  readonly restarts: string;
  readonly context: RuleContext;
}

function waits({ live, container, role, restarts, context }: ContainerView): Health | undefined {
  const reason = textAt(container, 'state', 'waiting', 'reason') ?? '';
  const known = waitingReasons.get(reason) ?? (errorLike.test(reason) ? cannotStart : undefined);
  if (known === undefined) return undefined;
  const message = textAt(container, 'state', 'waiting', 'message') ?? '';
  const detail = message === '' ? reason : `${reason}: ${message}`;
  const rule = known.rule === 'E2' ? ruleOfEnd(lastTerminationOf(container), role) : known.rule;
  const verdict = failed(live, `${subject(container, role)} ${known.summary}`, detail, rule);
  // Whoever asked for restarts on failure is meant to be tried again (E2 speaks of Always).
  const seconds = known.rule === 'E2' && restarts !== 'Always' ? never : known.seconds(message, context);
  return failedAfter(seconds, beganAt(live, context), context, verdict);
}

function ended({ live, container, role, restarts, context }: ContainerView): Health | undefined {
  const terminated = lastTerminationOf(container);
  const exitCode = numberAt(terminated, 'exitCode');
  const endedAt = momentOf(textAt(terminated, 'finishedAt')) ?? context.appliedAt;
  if (exitCode === undefined || endedAt < context.appliedAt) return undefined;
  if (exitCode === 0 && (role === 'init container' || restarts !== 'Always')) return undefined;
  const isOver = valueAt(container, 'state', 'terminated') !== undefined;
  const times = (numberAt(container, 'restartCount') ?? 0) + (isOver ? 1 : 0);
  const verdict = failed(
    live,
    `${subject(container, role)} ended (${exitCodeText(exitCode)})`,
    textAt(terminated, 'message') ?? textAt(terminated, 'reason'),
    ruleOfEnd(terminated, role),
  );
  const isFinal = restarts === 'Never' || (restarts === 'Always' && times >= terminalTerminations);
  return failedAfter(isFinal ? 0 : never, context.appliedAt, context, verdict);
}

// What a container ended by says more than that it goes on ending (G1).
const rulesOfEnds: ReadonlyMap<string, CauseRule> = new Map<string, CauseRule>([
  ['OOMKilled', 'E2c'],
  ['StartError', 'E3'],
  ['ContainerCannotRun', 'E3'],
]);

function ruleOfEnd(terminated: JsonRecord, role: Role): CauseRule {
  const own = rulesOfEnds.get(textAt(terminated, 'reason') ?? '');
  return own ?? (role === 'container' ? 'E2' : 'E11');
}

/** How a container last ended: now, or before its latest restart. */
export function lastTerminationOf(container: JsonRecord): JsonRecord {
  const now = recordAt(container, 'state', 'terminated');
  return Object.keys(now).length > 0 ? now : recordAt(container, 'lastState', 'terminated');
}

function subject(container: JsonRecord, role: Role): string {
  return `${role} '${textAt(container, 'name') ?? ''}'`;
}

function beganAt(live: LiveObject, { appliedAt }: RuleContext): Instant {
  const began = momentOf(
    textAt(live, 'status', 'startTime') ?? textAt(live, 'metadata', 'creationTimestamp'),
  );
  return instant(Math.max(began ?? 0, appliedAt));
}
