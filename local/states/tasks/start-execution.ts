import type { Need } from '../../iam/evaluate.ts';
import { onMachine } from '../../iam/services/states.ts';
import { accountId, partition } from '../../identity.ts';
import { StatesApiError } from '../api-error.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Pattern, type ServiceAction, type TaskCall, TaskError } from './action.ts';

/** An execution as DescribeExecution answers it, times in milliseconds. */
export type ExecutionDescription = Readonly<Record<string, unknown>> & {
  readonly status: string;
  readonly input: string;
  readonly output?: string;
};

/** The part of the engine that nested executions use. */
export interface NestedExecutions {
  startExecution(request: { stateMachineArn: string; name?: string; input?: string }): {
    executionArn: string;
    startDate: number;
  };
  stopExecution(request: { executionArn: string; error?: string; cause?: string }): unknown;
  /** Resolves with the description of an execution once it has ended. */
  untilClosed(executionArn: string): Promise<ExecutionDescription>;
}

/** `arn:aws:states:::states:startExecution`, `.sync`, `.sync:2` and `.waitForTaskToken`. */
export function startExecutionAction(executions: NestedExecutions, region: string): ServiceAction {
  return {
    name: 'states:startExecution',
    patterns: ['request', 'waitForTaskToken', 'sync', 'sync:2'],
    parameters: { StateMachineArn: 'required', Input: 'optional', Name: 'optional' },
    neededToCreate: (pattern) => (pattern.startsWith('sync') ? managedRule(region) : []),
    async request({ StateMachineArn, Input = {}, Name }: JsonObject, _pattern, call) {
      check(onMachine('StartExecution', String(StateMachineArn)), call);
      try {
        const { executionArn, startDate } = executions.startExecution({
          stateMachineArn: String(StateMachineArn),
          input: typeof Input === 'string' ? Input : JSON.stringify(Input),
          ...(Name === undefined ? {} : { name: String(Name) }),
        });
        return { ExecutionArn: executionArn, StartDate: startDate };
      } catch (thrown) {
        throw thrown instanceof StatesApiError ? fromApiError(thrown) : thrown;
      }
    },
    async untilDone(submitted, pattern, call) {
      const { ExecutionArn: executionArn } = submitted as { ExecutionArn: string };
      check(onExecution('DescribeExecution', executionArn), call);
      const forget = call.onAbort(() => {
        // Without the permission the child goes on by itself, as in AWS.
        const why = call.whyDenied(onExecution('StopExecution', executionArn));
        if (why === undefined) executions.stopExecution({ executionArn });
      });
      const description = await executions.untilClosed(executionArn).finally(forget);
      const result = describe(description, pattern);
      // AWS names every unsuccessful end of a child alike; the Cause tells them apart.
      if (description.status !== 'SUCCEEDED')
        throw new TaskError('States.TaskFailed', JSON.stringify(result));
      return result;
    },
  };
}

const onExecution = (action: string, executionArn: string): Need => ({
  action: `states:${action}`,
  resource: executionArn,
});

// https://docs.aws.amazon.com/step-functions/latest/dg/stepfunctions-iam.html
const managedRule = (region: string): readonly Need[] =>
  ['PutTargets', 'PutRule', 'DescribeRule'].map((action) => ({
    action: `events:${action}`,
    resource: `arn:${partition}:events:${region}:${accountId}:rule/StepFunctionsGetEventsForStepFunctionsExecutionRule`,
  }));

/** Throws `TaskError` when the machine's role may not do what a task does. */
function check(need: Need, call: TaskCall): void {
  const why = call.whyDenied(need);
  if (why === undefined) return;
  throw new TaskError(
    'StepFunctions.AWSStepFunctionsException',
    `${why} (Service: AWSStepFunctions; Status Code: 400; Error Code: AccessDeniedException; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null)`,
  );
}

function fromApiError({ name, message }: StatesApiError): TaskError {
  const details = `Service: AWSStepFunctions; Status Code: 400; Error Code: ${name}; Request ID: 00000000-0000-0000-0000-000000000000; Proxy: null`;
  return new TaskError(
    `StepFunctions.${name}${name.endsWith('Exception') ? '' : 'Exception'}`,
    `${message} (${details})`,
  );
}

/** DescribeExecution as a task's result: members in PascalCase; `.sync:2` has input and output parsed. */
function describe(description: ExecutionDescription, pattern: Pattern): JsonObject {
  const pascal = pascalCase(description) as Record<string, Json>;
  if (pattern !== 'sync:2') return pascal;
  for (const member of ['Input', 'Output']) {
    const text = pascal[member];
    if (typeof text === 'string') pascal[member] = JSON.parse(text) as Json;
  }
  return pascal;
}

function pascalCase(value: unknown): Json {
  if (typeof value !== 'object' || value === null) return value as Json;
  const members = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(
    members.map(([key, member]) => [key.charAt(0).toUpperCase() + key.slice(1), pascalCase(member)]),
  );
}
