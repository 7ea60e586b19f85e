import { conditionNamed, conditionText, standsSince } from '#domain/health/conditions.ts';
import { customHealth, negativeCondition, wordVerdict } from '#domain/health/custom.ts';
import { textAt, valueAt, wordAt } from '#domain/health/live-fields.ts';
import {
  failed,
  failedAfter,
  type HealthRule,
  progressing,
  type RuleContext,
  ready,
} from '#domain/health/rule.ts';
import { plain } from '#domain/health/state-words.ts';
import type { Health } from '#domain/health-verdict.ts';
import type { LiveObject } from '#domain/live-object.ts';

/** A condition that stands, or a field that has a value: one thing an object may show. */
export type Sign =
  | {
      readonly condition: string;
      /** Default `True`. */
      readonly is?: 'True' | 'False' | 'Unknown';
      readonly reason?: RegExp;
      /** How long it must stand before it is a failure, in seconds; default 0. */
      readonly seconds?: number;
    }
  | {
      /** Dotted path from the object's root. */
      readonly field: string;
      /** One of these; without them, anything but absent, empty or false. */
      readonly oneOf?: readonly string[];
      readonly seconds?: number;
    };

/** The word that an object's status gives for its state, and what each one means. One that isn't listed: not yet. */
export interface StateWord {
  /** Dotted path from the object's root. */
  readonly at: string;
  readonly ready: readonly string[];
  readonly failed?: readonly string[];
  readonly suspended?: readonly string[];
  readonly deleting?: readonly string[];
  readonly unknown?: readonly string[];
}

/** How the objects of a kind are judged, as data. Asked from top to bottom; the first that applies is the verdict. */
export interface StatusRule {
  /** `group/Kind`; a group may begin with `*.`, a kind may be `*`. */
  readonly kinds: readonly string[];
  readonly suspended?: readonly Sign[];
  readonly failed?: readonly Sign[];
  readonly progressing?: readonly Sign[];
  /**
   * What makes it ready: conditions that must all be True; a word; `applied`, where a status tells nothing; `as-custom`,
   * where the rule for any custom resource says the rest.
   */
  readonly ready: readonly string[] | StateWord | 'applied' | 'as-custom';
}

/** The health rule that a row of data stands for. */
export function ruleFrom(row: StatusRule): HealthRule {
  return (live, context) =>
    suspension(live, row, context) ??
    failure(live, row, context) ??
    hindrance(live, row, context) ??
    readiness(live, row, context);
}

function suspension(
  live: LiveObject,
  { suspended = [] }: StatusRule,
  context: RuleContext,
): Health | undefined {
  const sign = suspended.find((each) => shows(live, each, context));
  return sign === undefined ? undefined : { verdict: 'suspended', reason: textOf(live, sign, context) };
}

function failure(live: LiveObject, row: StatusRule, context: RuleContext): Health | undefined {
  const sign = row.failed?.find((each) => shows(live, each, context));
  if (sign === undefined) return undefined;
  const condition = 'condition' in sign ? conditionNamed(live, sign.condition, context) : undefined;
  const since = condition === undefined ? context.appliedAt : standsSince(condition, context);
  return failedAfter(sign.seconds ?? 0, since, context, failed(live, textOf(live, sign, context)));
}

function hindrance(live: LiveObject, row: StatusRule, context: RuleContext): Health | undefined {
  const sign = row.progressing?.find((each) => shows(live, each, context));
  return sign === undefined ? undefined : progressing(textOf(live, sign, context));
}

function readiness(live: LiveObject, row: StatusRule, context: RuleContext): Health {
  if (row.ready === 'applied') return ready;
  if (row.ready === 'as-custom') return customHealth(live, context);
  return 'ready' in row.ready ? byWord(live, row.ready, context) : byNeeds(live, row.ready, context);
}

function byNeeds(live: LiveObject, needs: readonly string[], context: RuleContext): Health {
  const open = needs
    .map((type) => ({ type, condition: conditionNamed(live, type, context) }))
    .filter(({ condition }) => condition?.status !== 'True')
    .map(({ type, condition }) =>
      condition === undefined
        ? progressing(`its controller has not said yet whether it is ${type}`)
        : negativeCondition(live, condition, context),
    );
  return open.find(({ verdict }) => verdict === 'failed') ?? open[0] ?? ready;
}

const listedVerdicts = ['ready', 'failed', 'suspended', 'deleting', 'unknown'] as const;

function byWord(live: LiveObject, word: StateWord, context: RuleContext): Health {
  const value = wordAt(live, ...word.at.split('.'));
  if (value === undefined) return progressing(`its controller has not written ${word.at} yet`);
  const found = listedVerdicts.find((verdict) => word[verdict]?.some((each) => isSame(each, value)));
  return wordVerdict(live, value, found ?? 'progressing', context);
}

function isSame(word: string, value: string): boolean {
  return plain(word) === plain(value);
}

function shows(live: LiveObject, sign: Sign, context: RuleContext): boolean {
  if ('condition' in sign) {
    const condition = conditionNamed(live, sign.condition, context);
    return condition?.status === (sign.is ?? 'True') && (sign.reason?.test(condition.reason) ?? true);
  }
  const path = sign.field.split('.');
  if (sign.oneOf !== undefined) return sign.oneOf.some((each) => isSame(each, wordAt(live, ...path) ?? ''));
  const value = valueAt(live, ...path);
  return value !== undefined && value !== null && value !== '' && value !== false;
}

function textOf(live: LiveObject, sign: Sign, context: RuleContext): string {
  const condition = 'condition' in sign ? conditionNamed(live, sign.condition, context) : undefined;
  if (condition !== undefined) return conditionText(condition);
  const field = 'field' in sign ? sign.field : '';
  const value = textAt(live, ...field.split('.'));
  return value === undefined ? `${field} is set` : `${field} is '${value}'`;
}
