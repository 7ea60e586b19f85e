import type { Block, State } from './asl.ts';
import type { Problems } from './problems.ts';

/** Variables that outer scopes assign somewhere: inner scopes can read them, never assign them. */
export type OuterNames = readonly string[];

const variableName = /^[\p{ID_Start}_][\p{ID_Continue}]{0,79}$/u;

interface Assigning {
  readonly Assign?: object;
}

function assignments(state: State): (readonly [field: string, names: string[]])[] {
  const {
    Assign,
    Choices = [],
    Catch = [],
  } = state as Assigning & {
    Choices?: readonly Assigning[];
    Catch?: readonly Assigning[];
  };
  return [
    ['Assign', Object.keys(Assign ?? {})],
    ...Choices.map((rule, index) => [`Choices[${index}]/Assign`, Object.keys(rule.Assign ?? {})] as const),
    ...Catch.map((catcher, index) => [`Catch[${index}]/Assign`, Object.keys(catcher.Assign ?? {})] as const),
  ];
}

/** Reports names that may not be assigned in this block; returns all names that its inner blocks may not assign. */
export function checkAssignments(
  block: Block,
  path: string,
  outer: OuterNames,
  problems: Problems,
): OuterNames {
  const own = new Set<string>();
  for (const [stateName, state] of Object.entries(block.States)) {
    for (const [field, names] of assignments(state)) {
      for (const name of names) {
        const place = `${path}/States/${stateName}/${field}/${name}`;
        own.add(name);
        if (name === 'states') problems.schema("The variable name 'states' is reserved", place);
        else if (!variableName.test(name)) problems.schema(`The variable name '${name}' is not valid`, place);
        else if (outer.includes(name)) {
          problems.schema(
            `The variable '${name}' is assigned in an outer scope and cannot be assigned here`,
            place,
          );
        }
      }
    }
  }
  return [...outer, ...own];
}
