import type { TaskState } from '../../definition/asl.ts';
import { isObject, type Json } from '../../json.ts';
import { limits } from '../../limits.ts';
import { TaskError } from '../../tasks/action.ts';
import { Deadline, DeadlinePassed } from '../deadline.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome } from '../outcome.ts';
import { functionEvents, serviceEvents, type TaskEvents } from '../task-events.ts';
import type { Visit } from '../visit.ts';
import { performFunction, performService } from './task-work.ts';

const seconds = { least: 1, most: limits.waitSeconds };

/** Runs one attempt of a task: its arguments, its deadline, its request, and what it is waiting for. */
export async function performTask(state: TaskState, visit: Visit): Promise<Outcome> {
  const { services } = visit.thread.run;
  const resource = services.tasks.find(state.Resource);
  if (!resource) throw visit.failure('States.Runtime', `The resource '${state.Resource}' is not served.`);
  const waits = resource.kind === 'service' && resource.pattern === 'waitForTaskToken';
  const task = waits ? services.tokens.issue() : undefined;
  visit.token = task?.token;
  const deadline = new Deadline(visit.thread);
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
    deadline.start(times, task);
    const work =
      resource.kind === 'service'
        ? performService({ ...resource, parameters: objectOf(input, visit), task, events, visit })
        : performFunction(resource.functionArn, input, { events, visit });
    const result = await settled(deadline.over(work), events);
    visit.checkSize(result, 'returned a result');
    events.succeeded(result);
    return await visit.leave(state, result, { result });
  } finally {
    deadline.cancel();
    task?.close();
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

async function timesOf(
  state: TaskState,
  visit: Visit,
): Promise<{ timeoutSeconds?: number; heartbeatSeconds?: number }> {
  const { TimeoutSeconds, HeartbeatSeconds } = state;
  const times: { timeoutSeconds?: number; heartbeatSeconds?: number } = {};
  if (TimeoutSeconds !== undefined)
    times.timeoutSeconds = await visit.integer(TimeoutSeconds, 'TimeoutSeconds', seconds);
  if (HeartbeatSeconds !== undefined) {
    times.heartbeatSeconds = await visit.integer(HeartbeatSeconds, 'HeartbeatSeconds', seconds);
  }
  return times;
}

function objectOf(input: Json, visit: Visit) {
  if (!isObject(input)) throw visit.wrongType(input, 'Arguments', 'object');
  return input;
}
