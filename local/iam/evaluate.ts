import { type Context, compileCondition } from './conditions.ts';
import type { Selection, Statement } from './statement.ts';
import { wildcard } from './wildcard.ts';

/** One thing a request must be allowed to do. */
export interface Need {
  /** As in `dynamodb:PutItem`. */
  readonly action: string;
  /** An ARN; `*` for an action that knows no resource type, which only a statement on `*` grants. */
  readonly resource: string;
  readonly context?: Context;
}

export type Verdict = 'allowed' | 'not allowed' | 'denied explicitly';

/** The policies of one role, ready to be asked. */
export type Policies = (need: Need, general?: Context) => Verdict;

/** Compiles statements: an explicit Deny wins, and what nothing allows is not allowed. */
export function compilePolicies(statements: readonly Statement[]): Policies {
  const compiled = statements.map(compileStatement);
  return (need, general = {}) => {
    const applying = compiled.filter(({ applies }) => applies(need, { ...general, ...need.context }));
    if (applying.some(({ effect }) => effect === 'Deny')) return 'denied explicitly';
    return applying.length > 0 ? 'allowed' : 'not allowed';
  };
}

function compileStatement({ effect, actions, resources, conditions }: Statement) {
  const lowerCase = { ...actions, patterns: actions.patterns.map((pattern) => pattern.toLowerCase()) };
  const hasAction = compileSelection(lowerCase);
  const hasResource = compileSelection(resources);
  const checks = conditions.map(compileCondition);
  const applies = ({ action, resource }: Need, context: Context): boolean =>
    hasAction(action.toLowerCase()) && hasResource(resource) && checks.every((holds) => holds(context));
  return { effect, applies };
}

function compileSelection({ isInverted, patterns }: Selection): (text: string) => boolean {
  const matchers = patterns.map(wildcard);
  return (text) => matchers.some((matches) => matches(text)) !== isInverted;
}
