import type { RuleModel, RuleTarget } from '../template/application.ts';
import type { BusEvent } from './bus.ts';
import { checkPattern, matchesPattern } from './pattern.ts';

/** The rules of a bus, by name. */
export interface Rules {
  /** Adds a rule or replaces the one of that name. Throws for a bad pattern or a target that cannot be reached. */
  put(rule: RuleModel): void;
  get(name: string): RuleModel | undefined;
  all(): readonly RuleModel[];
  matching(event: BusEvent): readonly RuleModel[];
}

export function createRules(checkTarget: (target: RuleTarget) => void): Rules {
  const rules = new Map<string, RuleModel>();
  return {
    put: (rule) => {
      if (rule.trigger.kind === 'pattern') checkPattern(rule.trigger.pattern);
      rule.targets.forEach(checkTarget);
      rules.set(rule.name, rule);
    },
    get: (name) => rules.get(name),
    all: () => [...rules.values()],
    matching: (event) =>
      [...rules.values()].filter(
        ({ enabled, trigger }) =>
          enabled && trigger.kind === 'pattern' && matchesPattern(trigger.pattern, event),
      ),
  };
}
