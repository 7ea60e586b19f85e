import type { NumberOrQuery, TaskState } from '../../definition/asl.ts';
import { isObject, type Json, type JsonObject } from '../../json.ts';
import { limits } from '../../limits.ts';
import { TaskError } from '../../tasks/action.ts';
import { Attempt, DeadlinePassed, type TaskTimes } from '../attempt.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import { functionEvents, serviceEvents, type TaskEvents } from '../task-events.ts';
import type { Visit } from '../visit.ts';
import { performFunction, performService } from './task-work.ts';

const seconds = { least: 1, most: limits.waitSeconds };

/** Runs one attempt of a task: its arguments, its timers, its request, and what it is waiting for. */
export async function performTask(state: TaskState, visit: Visit): Promise<Outcome> {
  const { services } = visit.thread.run;
  const resource = services.tasks.find(state.Resource);
  if (!resource) throw visit.failure('States.Runtime', `The resource '${state.Resource}' is not served.`);
  const waits = resource.kind === 'service' && resource.pattern === 'waitForTaskToken';
  const { Id: machineArn } = visit.thread.run.context.StateMachine as JsonObject;
  const task = waits ? services.tokens.issue(String(machineArn)) : undefined;
  visit.token = task?.token;
  const attempt = new Attempt(visit.thread, task);
  try {
    const input =
      state.Arguments === undefined ? visit.input : await visit.evaluate(state.Arguments, 'Arguments');
    visit.checkSize(input, 'was called with an input');
    const times = await timesOf(state, visit);
    const events =
      resource.kind === 'service'
        ? serviceEvents(resource, visit.thread)
        : functionEvents(resource, visit.thread);
    events.scheduled(input, times);
    attempt.start(times);
    const work =
      resource.kind === 'service'
        ? performService({ ...resource, parameters: objectOf(input, visit), task, events, visit, attempt })
        : performFunction(resource.functionArn, input, { events, visit, attempt });
    const result = await settled(work, events);
    visit.checkSize(result, 'returned a result');
    events.succeeded(result);
    return await visit.leave(state, result, { result });
  } finally {
    attempt.end();
  }
}

async function settled(work: Promise<Json>, events: TaskEvents): Promise<Json> {
  try {
    return await work;
  } catch (thrown) {
    if (thrown instanceof TaskError) {
      const cause = thrown.message.slice(0, limits.causeCharacters);
      events.failed(thrown.error, cause);
      throw new StateFailure(thrown.error, cause);
    }
    if (thrown instanceof DeadlinePassed) events.timedOut(thrown.error, thrown.reason);
    else if (thrown instanceof StateFailure) events.failed(thrown.error, thrown.reason);
    throw thrown;
  }
}

async function timesOf({ TimeoutSeconds, HeartbeatSeconds }: TaskState, visit: Visit): Promise<TaskTimes> {
  const read = (template: NumberOrQuery, field: string) => visit.integer(template, field, seconds);
  return {
    ...(TimeoutSeconds === undefined ? {} : { timeoutSeconds: await read(TimeoutSeconds, 'TimeoutSeconds') }),
    ...(HeartbeatSeconds === undefined
      ? {}
      : { heartbeatSeconds: await read(HeartbeatSeconds, 'HeartbeatSeconds') }),
  };
}

function objectOf(input: Json, visit: Visit) {
  if (!isObject(input)) throw visit.wrongType(input, 'Arguments', 'object');
  return input;
}
