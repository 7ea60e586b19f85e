import type { CreateRequest } from '../machine-operations.ts';
import type { States } from '../states.ts';

type Answer = object | Promise<object>;

/** One operation of the API: its required members, and what serves it. */
export interface Operation {
  readonly required: readonly string[];
  readonly serve: (request: never) => Answer;
}

/** The operations that are served, by their names in X-Amz-Target. */
export function operations(states: States): ReadonlyMap<string, Operation> {
  const table: Readonly<
    Record<string, readonly [required: readonly string[], serve: (request: never) => Answer]>
  > = {
    CreateStateMachine: [
      ['name', 'definition', 'roleArn'],
      // The engine's own conveniences are no parameters of the API.
      ({ alias: _, substitutions: __, ...request }: CreateRequest) => states.createStateMachine(request),
    ],
    UpdateStateMachine: [['stateMachineArn'], states.updateStateMachine],
    DescribeStateMachine: [['stateMachineArn'], states.describeStateMachine],
    ListStateMachines: [[], states.listStateMachines],
    PublishStateMachineVersion: [['stateMachineArn'], states.publishStateMachineVersion],
    ListStateMachineVersions: [['stateMachineArn'], states.listStateMachineVersions],
    CreateStateMachineAlias: [['name', 'routingConfiguration'], states.createStateMachineAlias],
    UpdateStateMachineAlias: [['stateMachineAliasArn'], states.updateStateMachineAlias],
    DescribeStateMachineAlias: [['stateMachineAliasArn'], states.describeStateMachineAlias],
    ListStateMachineAliases: [['stateMachineArn'], states.listStateMachineAliases],
    StartExecution: [['stateMachineArn'], states.startExecution],
    StopExecution: [['executionArn'], states.stopExecution],
    DescribeExecution: [['executionArn'], states.describeExecution],
    DescribeStateMachineForExecution: [['executionArn'], states.describeStateMachineForExecution],
    ListExecutions: [['stateMachineArn'], states.listExecutions],
    GetExecutionHistory: [['executionArn'], states.getExecutionHistory],
    SendTaskSuccess: [['taskToken', 'output'], states.sendTaskSuccess],
    SendTaskFailure: [['taskToken'], states.sendTaskFailure],
    SendTaskHeartbeat: [['taskToken'], states.sendTaskHeartbeat],
  };
  return new Map(Object.entries(table).map(([name, [required, serve]]) => [name, { required, serve }]));
}
