import type { Block, Catcher, State } from './asl.ts';
import type { Problems } from './problems.ts';

/** Where a state may lead, with the field that says so. */
export function targets(state: State): (readonly [field: string, next: string])[] {
  const {
    Next,
    Default,
    Choices = [],
    Catch = [],
  } = state as {
    Next?: string;
    Default?: string;
    Choices?: readonly { Next: string }[];
    Catch?: readonly Catcher[];
  };
  return [
    ...(Next === undefined ? [] : [['Next', Next] as const]),
    ...(Default === undefined ? [] : [['Default', Default] as const]),
    ...Choices.map((rule, index) => [`Choices[${index}]/Next`, rule.Next] as const),
    ...Catch.map((catcher, index) => [`Catch[${index}]/Next`, catcher.Next] as const),
  ];
}

/** Reports transitions that lead nowhere and states that nothing leads to. */
export function checkGraph({ StartAt, States }: Block, path: string, problems: Problems): void {
  if (!States[StartAt])
    problems.add('MISSING_TRANSITION_TARGET', `Missing target '${StartAt}'`, `${path}/StartAt`);
  for (const [name, state] of Object.entries(States)) {
    for (const [field, next] of targets(state)) {
      if (States[next]) continue;
      problems.add(
        'MISSING_TRANSITION_TARGET',
        `Missing target '${next}'`,
        `${path}/States/${name}/${field}`,
      );
    }
  }
  const reached = new Set<string>();
  const open = [StartAt];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const state = States[name];
    if (!state || reached.has(name)) continue;
    reached.add(name);
    open.push(...targets(state).map(([, next]) => next));
  }
  for (const name of Object.keys(States)) {
    if (!reached.has(name)) {
      problems.add('MISSING_TRANSITION_TARGET', `State "${name}" is not reachable`, `${path}/States/${name}`);
    }
  }
}
