import type { BusEvent, EventBus } from '../../../local/events/bus.ts';
import type { ExecutionAnswer } from '../../../local/states/execution.ts';
import { createStates, type States, type StatesOptions } from '../../../local/states/states.ts';
import { type ScriptedFunction, ScriptedFunctions } from './scripted-functions.ts';
import { VirtualClock } from './virtual-clock.ts';

export const roleArn = 'arn:aws:iam::000000000000:role/machine';
export const machineArn = (name: string) => `arn:aws:states:us-east-1:000000000000:stateMachine:${name}`;

/** Keeps what is put. */
export class RecordingBus implements EventBus {
  readonly events: Parameters<EventBus['put']>[0][] = [];

  put(event: Pick<BusEvent, 'source' | 'detail-type' | 'detail'>): void {
    this.events.push(event);
  }

  get details(): Record<string, unknown>[] {
    return this.events.map(({ detail }) => detail);
  }
}

/** An engine on a virtual clock over scripted functions, with shorthands for one machine called `m`. */
export class Laboratory {
  readonly clock = new VirtualClock();
  readonly bus = new RecordingBus();
  readonly functions: ScriptedFunctions;
  readonly states: States;

  constructor(
    functions: Readonly<Record<string, ScriptedFunction>> = {},
    options: Partial<StatesOptions> = {},
  ) {
    this.functions = new ScriptedFunctions(functions);
    const { clock, bus } = this;
    this.states = createStates({ invoker: this.functions, clock, bus, random: () => 0.5, ...options });
  }

  /** Creates a machine of these states; it begins at the first. */
  define(states: Record<string, object>, name = 'm', more: object = {}): string {
    const definition = { QueryLanguage: 'JSONata', StartAt: Object.keys(states)[0], States: states, ...more };
    return this.states.createStateMachine({ name, definition, roleArn }).stateMachineArn;
  }

  start(input: unknown = {}, name = 'm'): string {
    return this.states.startExecution({ stateMachineArn: machineArn(name), input: JSON.stringify(input) })
      .executionArn;
  }

  /** Defines, starts and runs to the end. */
  async run(states: Record<string, object>, input: unknown = {}): Promise<Ended> {
    this.define(states);
    return this.ended(this.start(input));
  }

  async ended(executionArn: string): Promise<Ended> {
    await this.clock.runUntil(() => this.states.describe(executionArn).status !== 'RUNNING');
    const answer = this.states.describe(executionArn);
    return { ...answer, result: answer.output === undefined ? undefined : JSON.parse(answer.output) };
  }

  types(executionArn: string): string[] {
    return this.states.history(executionArn).map(({ type }) => type);
  }
}

export type Ended = ExecutionAnswer & { readonly result: unknown };

/** A Task state that invokes a scripted function and outputs its answer. */
export function task(functionName: string, more: object = {}): object {
  return {
    Type: 'Task',
    Resource: 'arn:aws:states:::lambda:invoke',
    Arguments: { FunctionName: functionName, Payload: '{% $states.input %}' },
    Output: '{% $states.result.Payload %}',
    End: true,
    ...more,
  };
}
