import type { Json, JsonObject } from '../../json.ts';
import { type Pattern, type ServiceAction, TaskError } from '../../tasks/action.ts';
import { checkInvocation, invokeFunction } from '../../tasks/lambda-invoke.ts';
import type { TaskToken } from '../../tokens.ts';
import type { Attempt } from '../attempt.ts';
import { StateFailure } from '../failure.ts';
import type { TaskEvents } from '../task-events.ts';
import type { Visit } from '../visit.ts';

interface ServiceWork {
  readonly action: ServiceAction;
  readonly pattern: Pattern;
  readonly parameters: JsonObject;
  readonly task: TaskToken | undefined;
  readonly events: TaskEvents;
  readonly visit: Visit;
  readonly attempt: Attempt;
}

/** Sends a service's request and waits for what its pattern waits for. */
export async function performService(work: ServiceWork): Promise<Json> {
  const { action, pattern, parameters, task, events, visit, attempt } = work;
  checkParameters(action, parameters, visit);
  events.started();
  const submitted = await attempt.over(action.request(parameters, pattern, attempt));
  if (pattern === 'request') return submitted;
  events.submitted(submitted);
  if (task) return attempt.over(answerOf(task));
  if (!action.untilDone) throw new TaskError('States.Runtime', `'${action.name}' has no '${pattern}'`);
  return attempt.over(action.untilDone(submitted, pattern, attempt));
}

/** Invokes a function named by its own ARN. */
export async function performFunction(
  functionArn: string,
  payload: Json,
  { events, visit, attempt }: Pick<ServiceWork, 'events' | 'visit' | 'attempt'>,
): Promise<Json> {
  events.started();
  const { tasks, region } = visit.thread.run.services;
  checkInvocation(functionArn, region, attempt);
  return attempt.over(invokeFunction(tasks.invoker, functionArn, payload));
}

async function answerOf(task: TaskToken): Promise<Json> {
  const callback = await task.answered;
  if (callback.kind === 'success') return callback.output;
  throw new StateFailure(callback.error, callback.cause);
}

/** What a static check cannot see: Arguments that an expression makes. */
function checkParameters(action: ServiceAction, parameters: JsonObject, visit: Visit): void {
  for (const name of Object.keys(parameters)) {
    if (!(name in action.parameters)) {
      throw visit.failure('States.Runtime', `The field '${name}' is not supported by ${action.name}.`);
    }
  }
  for (const [name, need] of Object.entries(action.parameters)) {
    if (need === 'required' && parameters[name] === undefined) {
      throw visit.failure(
        'States.Runtime',
        `The field '${name}' is required by ${action.name} but was missing.`,
      );
    }
  }
}
