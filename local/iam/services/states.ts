import { arnIn, byJsonOperation, type JsonNeeds, text } from '../call.ts';
import type { Need } from '../evaluate.ts';

/**
 * Step Functions authorises a call through a version or an alias on the state machine's own ARN; the qualifier is only
 * a condition key: https://docs.aws.amazon.com/step-functions/latest/dg/auth-version-alias.html
 */
export function onMachine(action: string, arn: string): Need {
  const [machine = arn, qualifier] = /^(arn:(?:[^:]*:){5}[^:]*):([^:]+)$/.exec(arn)?.slice(1) ?? [arn];
  return {
    action: `states:${action}`,
    resource: machine,
    context: { 'states:statemachinequalifier': qualifier },
  };
}

const byMachine =
  (action: string, member = 'stateMachineArn'): JsonNeeds =>
  (input) => [onMachine(action, text(input[member]))];
const byExecution =
  (action: string): JsonNeeds =>
  ({ executionArn }) => [{ action: `states:${action}`, resource: text(executionArn) }];

/** A token that no machine ever issued is for the service to refuse. */
const byToken =
  (action: string): JsonNeeds =>
  ({ taskToken }, world) => {
    const machine = world.machineOfToken(text(taskToken));
    return machine === undefined ? [] : [onMachine(action, machine)];
  };

// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsstepfunctions.html
export const statesNeeds = byJsonOperation({
  CreateStateMachine: ({ name }, world) => [
    {
      action: 'states:CreateStateMachine',
      resource: arnIn(world)('states', `stateMachine:${text(name)}`),
    },
  ],
  UpdateStateMachine: byMachine('UpdateStateMachine'),
  DescribeStateMachine: byMachine('DescribeStateMachine'),
  ListStateMachines: () => [{ action: 'states:ListStateMachines', resource: '*' }],
  PublishStateMachineVersion: byMachine('PublishStateMachineVersion'),
  ListStateMachineVersions: byMachine('ListStateMachineVersions'),
  CreateStateMachineAlias: ({ routingConfiguration }) => {
    const routes = Array.isArray(routingConfiguration) ? routingConfiguration : [];
    return routes.map((route) => onMachine('CreateStateMachineAlias', text(route?.stateMachineVersionArn)));
  },
  UpdateStateMachineAlias: byMachine('UpdateStateMachineAlias', 'stateMachineAliasArn'),
  DescribeStateMachineAlias: byMachine('DescribeStateMachineAlias', 'stateMachineAliasArn'),
  ListStateMachineAliases: byMachine('ListStateMachineAliases'),
  StartExecution: byMachine('StartExecution'),
  StopExecution: byExecution('StopExecution'),
  DescribeExecution: byExecution('DescribeExecution'),
  DescribeStateMachineForExecution: byExecution('DescribeStateMachineForExecution'),
  ListExecutions: byMachine('ListExecutions'),
  GetExecutionHistory: byExecution('GetExecutionHistory'),
  SendTaskSuccess: byToken('SendTaskSuccess'),
  SendTaskFailure: byToken('SendTaskFailure'),
  SendTaskHeartbeat: byToken('SendTaskHeartbeat'),
});
