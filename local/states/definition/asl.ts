import type { Json, JsonObject } from '../json.ts';

/** A number, or a JSONata expression that gives one. */
export type NumberOrQuery = number | string;

export interface Retrier {
  readonly ErrorEquals: readonly string[];
  readonly IntervalSeconds?: number;
  readonly MaxAttempts?: number;
  readonly BackoffRate?: number;
  readonly MaxDelaySeconds?: number;
  readonly JitterStrategy?: 'FULL' | 'NONE';
}

export interface Catcher {
  readonly ErrorEquals: readonly string[];
  readonly Next: string;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

/** The fields every state that goes on may have. */
export interface Flow {
  readonly Next?: string;
  readonly End?: true;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

export interface Recovery {
  readonly Retry?: readonly Retrier[];
  readonly Catch?: readonly Catcher[];
}

export interface TaskState extends Flow, Recovery {
  readonly Type: 'Task';
  readonly Resource: string;
  readonly Arguments?: Json;
  readonly TimeoutSeconds?: NumberOrQuery;
  readonly HeartbeatSeconds?: NumberOrQuery;
}

export interface PassState extends Flow {
  readonly Type: 'Pass';
}

export interface WaitState extends Flow {
  readonly Type: 'Wait';
  readonly Seconds?: NumberOrQuery;
  readonly Timestamp?: string;
}

export interface ChoiceRule {
  readonly Condition: string | boolean;
  readonly Next: string;
  readonly Assign?: JsonObject;
  readonly Output?: Json;
}

export interface ChoiceState extends Pick<Flow, 'Assign' | 'Output'> {
  readonly Type: 'Choice';
  readonly Choices: readonly ChoiceRule[];
  readonly Default?: string;
}

export interface ParallelState extends Flow, Recovery {
  readonly Type: 'Parallel';
  readonly Arguments?: Json;
  readonly Branches: readonly Block[];
}

export interface MapState extends Flow, Recovery {
  readonly Type: 'Map';
  readonly Items?: Json;
  readonly ItemSelector?: Json;
  readonly MaxConcurrency?: NumberOrQuery;
  readonly ItemProcessor: Block;
}

export interface SucceedState {
  readonly Type: 'Succeed';
  readonly Output?: Json;
}

export interface FailState {
  readonly Type: 'Fail';
  readonly Error?: string;
  readonly Cause?: string;
}

export type State =
  | TaskState
  | PassState
  | WaitState
  | ChoiceState
  | ParallelState
  | MapState
  | SucceedState
  | FailState;

/** States with a beginning: a machine, a branch of a Parallel, the processor of a Map. */
export interface Block {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: State };
}

export interface Definition extends Block {
  readonly Comment?: string;
  readonly QueryLanguage: 'JSONata';
  readonly TimeoutSeconds?: number;
}
