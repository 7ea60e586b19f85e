import { StatesApiError } from '../api-error.ts';
import type { Json, JsonObject } from '../json.ts';
import { type Pattern, type ServiceAction, TaskError } from './action.ts';

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
export function startExecutionAction(executions: NestedExecutions): ServiceAction {
  return {
    name: 'states:startExecution',
    patterns: ['request', 'waitForTaskToken', 'sync', 'sync:2'],
    parameters: { StateMachineArn: 'required', Input: 'optional', Name: 'optional' },
    async request({ StateMachineArn, Input = {}, Name }: JsonObject) {
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
      const forget = call.onAbort(() => executions.stopExecution({ executionArn }));
      const description = await executions.untilClosed(executionArn).finally(forget);
      const result = describe(description, pattern);
      // AWS names every unsuccessful end of a child alike; the Cause tells them apart.
      if (description.status !== 'SUCCEEDED')
        throw new TaskError('States.TaskFailed', JSON.stringify(result));
      return result;
    },
  };
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
