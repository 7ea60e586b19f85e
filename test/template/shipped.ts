import { readFileSync } from 'node:fs';
import { type CollectionTag, parse, type ScalarTag } from 'yaml';

interface Resource {
  readonly Type: string;
  readonly Metadata?: { readonly BuildProperties?: { readonly EntryPoints?: readonly string[] } };
  // biome-ignore lint/suspicious/noExplicitAny: CloudFormation's properties are as many as its resource types
  readonly Properties: Record<string, any>;
}

/** CloudFormation's short tags as their long forms, as far as the template uses them. */
const tags = ['Ref', 'Sub', 'GetAtt', 'Join', 'Not', 'Equals', 'If', 'Select', 'Split'].flatMap(
  (name): (ScalarTag | CollectionTag)[] => {
    const key = name === 'Ref' ? 'Ref' : `Fn::${name}`;
    return [
      { tag: `!${name}`, resolve: (value: string) => ({ [key]: value }) },
      {
        tag: `!${name}`,
        collection: 'seq',
        resolve: (node) => ({ [key]: (node as { toJSON(): unknown }).toJSON() }),
      } as CollectionTag,
    ];
  },
);

/** The shipped template as data. */
export const template = parse(readFileSync('template.yaml', 'utf8'), { customTags: tags }) as {
  readonly Resources: Record<string, Resource>;
  readonly Outputs: Record<string, { readonly Value: unknown }>;
};

/** `PlanPromotion` → `plan-promotion`. */
export const kebab = (name: string) => name.replace(/(?<!^)([A-Z])/g, '-$1').toLowerCase();

/** The functions by their one name: `PlanPromotion`, without `Function`. */
export const functionNames = Object.entries(template.Resources)
  .filter(([, { Type }]) => Type === 'AWS::Serverless::Function')
  .map(([id]) => id.replace(/Function$/, ''));

/** A shipped state machine definition as data. */
export function definition(name: 'release' | 'promotion') {
  return parse(readFileSync(`statemachine/${name}.asl.yaml`, 'utf8')) as StateMachine;
}

export interface State {
  readonly Type: string;
  readonly [field: string]: unknown;
  readonly Branches?: readonly StateMachine[];
}
export interface StateMachine {
  readonly StartAt: string;
  readonly States: Readonly<Record<string, State>>;
  readonly [field: string]: unknown;
}

/** Every state of a machine with its name, branches included. */
export function statesOf(machine: StateMachine): [string, State][] {
  return Object.entries(machine.States).flatMap(([name, state]): [string, State][] => [
    [name, state],
    ...(state.Branches ?? []).flatMap(statesOf),
  ]);
}
