import type { Condition } from './statement.ts';
import { arnWildcard, type Matcher, wildcard } from './wildcard.ts';

/** What a request says of itself, by condition keys in lower case. */
export type Context = Readonly<Record<string, string | readonly string[] | undefined>>;

interface Operator {
  readonly matcher: (value: string) => Matcher;
  readonly isNegated: boolean;
}

const exact =
  (value: string): Matcher =>
  (text) =>
    text === value;
const ignoringCase = (value: string): Matcher => {
  const lower = value.toLowerCase();
  return (text) => text.toLowerCase() === lower;
};
const is = (matcher: Operator['matcher']): Operator => ({ matcher, isNegated: false });
const isNot = (matcher: Operator['matcher']): Operator => ({ matcher, isNegated: true });

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: is(exact),
  StringNotEquals: isNot(exact),
  StringEqualsIgnoreCase: is(ignoringCase),
  StringNotEqualsIgnoreCase: isNot(ignoringCase),
  StringLike: is(wildcard),
  StringNotLike: isNot(wildcard),
  ArnEquals: is(arnWildcard),
  ArnLike: is(arnWildcard),
  ArnNotEquals: isNot(arnWildcard),
  ArnNotLike: isNot(arnWildcard),
  Bool: is(ignoringCase),
};

/** The condition keys whose values the laptop cloud knows for each request they belong to. */
const knownKeys = new Set([
  'aws:principalaccount',
  'aws:principalarn',
  'aws:requestedregion',
  'aws:resourceaccount',
  'aws:securetransport',
  'dynamodb:enclosingoperation',
  'dynamodb:leadingkeys',
  's3:prefix',
  's3:versionid',
  'states:statemachinequalifier',
]);

interface Form {
  readonly quantifier: 'ForAllValues' | 'ForAnyValue' | undefined;
  readonly base: string;
  readonly ifExists: boolean;
}

function formOf(written: string): Form {
  const [, quantifier, base = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(written) ?? [];
  return { quantifier: quantifier as Form['quantifier'], base, ifExists: ifExists !== undefined };
}

/** Why a condition cannot be evaluated here, or undefined when it can. */
export function whyNotEvaluated({ operator, key }: Condition): string | undefined {
  const { base } = formOf(operator);
  if (base !== 'Null' && !Object.hasOwn(operators, base))
    return `the operator "${operator}" is not evaluated`;
  return knownKeys.has(key.toLowerCase()) ? undefined : `the condition key "${key}" is not evaluated`;
}

/** Compiles a condition that `whyNotEvaluated` has nothing against. */
export function compileCondition(condition: Condition): (context: Context) => boolean {
  const { quantifier, base, ifExists } = formOf(condition.operator);
  const key = condition.key.toLowerCase();
  const given = (context: Context): readonly string[] => [context[key] ?? []].flat();
  if (base === 'Null') {
    const absent = condition.values.some((value) => value.toLowerCase() === 'true');
    return (context) => (given(context).length === 0) === absent;
  }
  const { matcher, isNegated } = operators[base] as Operator;
  const matchers = condition.values.map(matcher);
  const holds = (value: string): boolean => matchers.some((matches) => matches(value)) !== isNegated;
  return (context) => {
    const values = given(context);
    if (values.length === 0) {
      // AWS: nothing to compare satisfies ForAllValues and the negated operators, and never ForAnyValue.
      return ifExists || quantifier === 'ForAllValues' || (quantifier === undefined && isNegated);
    }
    return quantifier === 'ForAnyValue' ? values.some(holds) : values.every(holds);
  };
}
