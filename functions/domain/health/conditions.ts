import { clockSlackMilliseconds } from '#domain/cluster-events.ts';
import { type JsonRecord, numberAt, recordsAt, textAt, valueAt, wordAt } from '#domain/health/live-fields.ts';
import { type RuleContext, settleSeconds } from '#domain/health/rule.ts';
import { type Instant, instant, secondsAfter } from '#domain/instant.ts';
import { type LiveObject, momentOf } from '#domain/live-object.ts';

/** A condition as read, whatever its controller leaves out. */
export interface LiveCondition {
  readonly type: string;
  readonly status: string;
  readonly reason: string;
  readonly message: string;
  /** `Error`, `Warning` or `Info` where the controller grades its conditions (Cluster API, Azure Service Operator). */
  readonly severity: string;
  readonly observedGeneration: number | undefined;
  readonly changedAt: Instant | undefined;
  readonly updatedAt: Instant | undefined;
}

/** All conditions of an object's status, or of one of its parts (`listeners[]`, `parents[]`). */
export function conditionsOf(part: unknown): readonly LiveCondition[] {
  return recordsAt(part, 'conditions').map(conditionFrom);
}

export function conditionFrom(raw: JsonRecord): LiveCondition {
  return {
    type: textAt(raw, 'type') ?? '',
    // A boolean isn't allowed, and yet some controllers write one.
    status: (wordAt(raw, 'status') ?? '').replace(/^[tfu]/, (letter) => letter.toUpperCase()),
    reason: textAt(raw, 'reason') ?? '',
    message: textAt(raw, 'message') ?? '',
    severity: textAt(raw, 'severity') ?? '',
    observedGeneration: numberAt(raw, 'observedGeneration'),
    changedAt: momentOf(textAt(raw, 'lastTransitionTime')) ?? momentOf(textAt(raw, 'lastUpdateTime')),
    updatedAt: momentOf(textAt(raw, 'lastUpdateTime')),
  };
}

/** The object's condition of that type, if it has one and it tells of what was applied (H1). */
export function conditionNamed(
  live: LiveObject,
  type: string,
  context: RuleContext,
): LiveCondition | undefined {
  const condition = conditionsOf(live.status).find((each) => each.type === type);
  return condition !== undefined && isCurrent(condition, live, context) ? condition : undefined;
}

/** `Ready is False (DoesNotExist): secret not found`. */
export function conditionText({ type, status, reason, message }: LiveCondition): string {
  return `${type} is ${status}${reason === '' ? '' : ` (${reason})`}${message === '' ? '' : `: ${message}`}`;
}

/** Since when a condition stands against this rollout: its last change or the apply, whichever is later. */
export function standsSince({ changedAt }: LiveCondition, { appliedAt }: RuleContext): Instant {
  return instant(Math.max(changedAt ?? 0, appliedAt));
}

/**
 * True when a condition tells of the object as applied, not of the release before (KUBERNETES.md H1): by its own
 * observedGeneration, else by its time, else by the difference to what was before the apply. A condition that none of
 * these can tell is believed once its controller had `settleSeconds` to look.
 */
export function isCurrent(condition: LiveCondition, live: LiveObject, context: RuleContext): boolean {
  if (condition.observedGeneration !== undefined)
    return condition.observedGeneration >= (numberAt(live, 'metadata', 'generation') ?? 0);
  // The status as a whole was already found to be of this generation (H0).
  if (observedGenerationOf(live) !== undefined) return true;
  const latest = Math.max(condition.changedAt ?? 0, condition.updatedAt ?? 0);
  if (latest >= context.appliedAt - clockSlackMilliseconds) return true;
  return isNews(condition, live, context) || context.now >= secondsAfter(context.appliedAt, settleSeconds);
}

function isNews(condition: LiveCondition, live: LiveObject, { before }: RuleContext): boolean {
  if (before === undefined) return false;
  const generation = numberAt(live, 'metadata', 'generation');
  // The apply changed nothing, so what was said before it still holds.
  if (generation !== undefined && generation === numberAt(before, 'metadata', 'generation')) return true;
  const former = conditionsOf(before.status).find(({ type }) => type === condition.type);
  return JSON.stringify(former) !== JSON.stringify(condition);
}

/** The generation that the status tells of; a number, which some controllers write as text. */
export function observedGenerationOf(live: LiveObject): number | undefined {
  const observed = valueAt(live, 'status', 'observedGeneration');
  const number = typeof observed === 'string' && /^\d+$/.test(observed) ? Number(observed) : observed;
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined;
}
