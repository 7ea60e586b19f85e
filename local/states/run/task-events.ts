import type { Json } from '../json.ts';
import type { TaskResource } from '../tasks/registry.ts';
import type { TaskTimes } from './attempt.ts';
import type { Thread } from './thread.ts';

/** The history of one attempt of a task. */
export interface TaskEvents {
  scheduled(input: Json, times: TaskTimes): void;
  started(): void;
  submitted(output: Json): void;
  succeeded(output: Json): void;
  failed(error: string | undefined, cause: string | undefined): void;
  timedOut(error: string | undefined, cause: string | undefined): void;
}

const whole = { truncated: false };

/** Events of a service integration: TaskScheduled … TaskSucceeded. */
export function serviceEvents(
  { action, pattern }: Extract<TaskResource, { kind: 'service' }>,
  thread: Thread,
): TaskEvents {
  const [resourceType, api] = action.name.split(':');
  const task = { resourceType, resource: pattern === 'request' ? api : `${api}.${pattern}` };
  const { region } = thread.run.services;
  return {
    scheduled: (input, { timeoutSeconds: timeoutInSeconds, heartbeatSeconds: heartbeatInSeconds }) => {
      const times = defined({ timeoutInSeconds, heartbeatInSeconds });
      thread.record('TaskScheduled', { ...task, region, parameters: JSON.stringify(input), ...times });
    },
    started: () => thread.record('TaskStarted', task),
    submitted: (output) =>
      thread.record('TaskSubmitted', { ...task, output: JSON.stringify(output), outputDetails: whole }),
    succeeded: (output) =>
      thread.record('TaskSucceeded', { ...task, output: JSON.stringify(output), outputDetails: whole }),
    failed: (error, cause) => thread.record('TaskFailed', { ...task, ...defined({ error, cause }) }),
    timedOut: (error, cause) => thread.record('TaskTimedOut', { ...task, ...defined({ error, cause }) }),
  };
}

/** Events of a function named by its ARN: LambdaFunctionScheduled … LambdaFunctionSucceeded. */
export function functionEvents(
  { functionArn: resource }: Extract<TaskResource, { kind: 'function' }>,
  thread: Thread,
): TaskEvents {
  return {
    scheduled: (input, { timeoutSeconds: timeoutInSeconds }) => {
      const details = {
        resource,
        input: JSON.stringify(input),
        inputDetails: whole,
        ...defined({ timeoutInSeconds }),
      };
      thread.record('LambdaFunctionScheduled', details);
    },
    started: () => thread.record('LambdaFunctionStarted'),
    submitted: () => {},
    succeeded: (output) =>
      thread.record('LambdaFunctionSucceeded', { output: JSON.stringify(output), outputDetails: whole }),
    failed: (error, cause) => thread.record('LambdaFunctionFailed', defined({ error, cause })),
    timedOut: (error, cause) => thread.record('LambdaFunctionTimedOut', defined({ error, cause })),
  };
}

function defined(details: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(details).filter(([, value]) => value !== undefined));
}
