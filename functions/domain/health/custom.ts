import {
  conditionNamed,
  conditionsOf,
  conditionText,
  isCurrent,
  type LiveCondition,
  observedGenerationOf,
  standsSince,
} from '#domain/health/conditions.ts';
import { textAt } from '#domain/health/live-fields.ts';
import {
  failed,
  failedAfter,
  type HealthRule,
  lastWrittenAt,
  progressing,
  type RuleContext,
  ready,
  settleSeconds,
} from '#domain/health/rule.ts';
import { classifyWord } from '#domain/health/state-words.ts';
import type { Health } from '#domain/health-verdict.ts';
import { secondsAfter } from '#domain/instant.ts';
import type { LiveObject } from '#domain/live-object.ts';

// Controllers try again: what they call an error has a minute to go away.
const terminalSeconds = 60;
const terminalReason = /Fail|Error|Invalid|Denied|Rejected/;

/** What a condition that isn't True amounts to (KUBERNETES.md §8, "any other CR"). */
export function negativeCondition(
  live: LiveObject,
  condition: LiveCondition,
  context: RuleContext,
  blockedBy?: string,
): Health {
  const text = conditionText(condition);
  const isTerminal =
    condition.status === 'False' && (terminalReason.test(condition.reason) || condition.severity === 'Error');
  if (!isTerminal) return progressing(text, blockedBy === undefined ? {} : { blockedBy });
  return failedAfter(terminalSeconds, standsSince(condition, context), context, failed(live, text));
}

// In order: the first that an object has is the one that tells. Crossplane's pair must both be True.
const tellingConditions = ['Ready', 'Available', 'Healthy', 'Synced', 'Succeeded', 'Complete', 'Completed'];
const wordPaths = [
  ['phase'],
  ['state'],
  ['currentPhase'],
  ['currentState'],
  ['status'],
  ['currentStatus'],
  ['health'],
  ['currentHealth'],
] as const;

/**
 * A custom resource that no rule of its own is known for (§8): by its conditions, else by the word its status gives for
 * its state, else by coming to rest. kstatus takes one without conditions as ready, so that a controller which hasn't
 * looked yet counts as one which is content.
 */
export const customHealth: HealthRule = (live, context) =>
  byConditions(live, context) ?? byWord(live, context) ?? byRest(live, context);

function byConditions(live: LiveObject, context: RuleContext): Health | undefined {
  const present = conditionsOf(live.status);
  const first = tellingConditions.find((name) => present.some(({ type }) => type === name));
  if (first === undefined) return undefined;
  const asked = first === 'Ready' || first === 'Healthy' ? [first, 'Synced'] : [first];
  const conditions = present.filter(({ type }) => asked.includes(type));
  if (conditions.some((condition) => !isCurrent(condition, live, context)))
    return progressing('its controller has not looked at it since the apply', {
      recheckAt: secondsAfter(context.appliedAt, settleSeconds),
    });
  const open = conditions
    .filter(({ status }) => status !== 'True')
    .map((condition) => negativeCondition(live, condition, context));
  return open.find(({ verdict }) => verdict === 'failed') ?? open[0] ?? ready;
}

function byWord(live: LiveObject, context: RuleContext): Health | undefined {
  const word = wordPaths.map((path) => textAt(live, 'status', ...path)).find((each) => each !== undefined);
  const verdict = word === undefined ? undefined : classifyWord(word);
  return word === undefined || verdict === undefined ? undefined : wordVerdict(live, word, verdict, context);
}

/** What a word for the object's state amounts to; a word has no time, so a bad one has its minute from the apply on. */
export function wordVerdict(
  live: LiveObject,
  word: string,
  verdict: Health['verdict'],
  context: RuleContext,
): Health {
  const text = `its status says '${word}'`;
  if (verdict === 'failed')
    return failedAfter(terminalSeconds, context.appliedAt, context, failed(live, text, messageOf(live)));
  if (verdict === 'progressing') return progressing(text);
  if (verdict !== 'ready') return { verdict, reason: text };
  // Without an observedGeneration the word may be the release before's (H1).
  const settledAt = secondsAfter(context.appliedAt, settleSeconds);
  return observedGenerationOf(live) === undefined && context.now < settledAt
    ? progressing(text, { recheckAt: settledAt })
    : ready;
}

function messageOf(live: LiveObject): string | undefined {
  return (
    textAt(live, 'status', 'message') ?? textAt(live, 'status', 'reason') ?? textAt(live, 'status', 'error')
  );
}

function byRest(live: LiveObject, context: RuleContext): Health {
  const failure = ['Failed', 'Failure', 'Error', 'Degraded']
    .map((type) => conditionNamed(live, type, context))
    .find((condition) => condition?.status === 'True');
  if (failure !== undefined) {
    const verdict = failed(live, conditionText(failure));
    return failedAfter(terminalSeconds, standsSince(failure, context), context, verdict);
  }
  const restsAt = secondsAfter(latest(lastWrittenAt(live), context), settleSeconds);
  return context.now >= restsAt
    ? { verdict: 'ready', unknownKind: true }
    : progressing('its status tells nothing yet', { recheckAt: restsAt });
}

function latest(writtenAt: ReturnType<typeof lastWrittenAt>, { appliedAt }: RuleContext) {
  return writtenAt > appliedAt ? writtenAt : appliedAt;
}
