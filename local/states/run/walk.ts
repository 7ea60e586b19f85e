import type { Catcher, Recovery, State } from '../definition/asl.ts';
import type { Json, JsonObject } from '../json.ts';
import { errorOutput, StateFailure } from './failure.ts';
import { matches } from './matching.ts';
import type { Outcome, Walk } from './outcome.ts';
import { Retries } from './retry.ts';
import { performChoice } from './states/choice.ts';
import { performFail } from './states/fail.ts';
import { performMap } from './states/map.ts';
import { performParallel } from './states/parallel.ts';
import { performPass } from './states/pass.ts';
import { performSucceed } from './states/succeed.ts';
import { performTask } from './states/task.ts';
import { performWait } from './states/wait.ts';
import type { Thread } from './thread.ts';
import { Visit } from './visit.ts';

export const walk: Walk = async (block, input, thread) => {
  let name: string | undefined = block.StartAt;
  let current = input;
  while (name !== undefined) {
    const state: State | undefined = block.States[name];
    if (!state) throw new StateFailure('States.Runtime', `state '${name}' does not exist`);
    const outcome = await stay(name, state, current, thread);
    name = outcome.next;
    current = outcome.output;
  }
  return current;
};

function perform(state: State, visit: Visit): Promise<Outcome> {
  switch (state.Type) {
    case 'Task':
      return performTask(state, visit);
    case 'Choice':
      return performChoice(state, visit);
    case 'Wait':
      return performWait(state, visit);
    case 'Pass':
      return performPass(state, visit);
    case 'Parallel':
      return performParallel(state, visit, walk);
    case 'Map':
      return performMap(state, visit, walk);
    case 'Succeed':
      return performSucceed(state, visit);
    case 'Fail':
      return performFail(state, visit);
  }
}

async function stay(name: string, state: State, input: Json, thread: Thread): Promise<Outcome> {
  const enteredId = thread.record(`${state.Type}StateEntered`, {
    name,
    input: JSON.stringify(input),
    inputDetails: { truncated: false },
  });
  thread.stateType = state.Type;
  const visit = new Visit(thread, name, input, enteredId);
  // A failure that leaves the state has ended it: there is nothing left to abort.
  const outcome = await recovering(state, visit).finally(() => {
    thread.stateType = undefined;
  });
  if (outcome.assigned) thread.variables.assign(outcome.assigned);
  thread.record(`${state.Type}StateExited`, exitDetails(name, outcome));
  return outcome;
}

/** Performs a state until it succeeds, its retries are used up, or a catcher takes the failure. */
async function recovering(state: State, visit: Visit): Promise<Outcome> {
  const { Retry = [], Catch = [] } = state as Recovery;
  const retries = new Retries(Retry, visit.thread.run.services.random);
  for (;;) {
    try {
      return await perform(state, visit);
    } catch (failure) {
      if (!(failure instanceof StateFailure)) throw failure;
      recordEvaluation(failure, visit);
      const delay = retries.next(failure.error);
      if (delay === undefined) return await caught(Catch, failure, visit);
      await visit.thread.sleep(delay);
      visit.retryCount += 1;
    }
  }
}

async function caught(catchers: readonly Catcher[], failure: StateFailure, visit: Visit): Promise<Outcome> {
  const index = catchers.findIndex((catcher) => matches(catcher.ErrorEquals, failure.error));
  const catcher = catchers[index];
  if (!catcher) throw failure;
  const output = errorOutput(failure);
  try {
    return await visit.leave(catcher, output, { errorOutput: output }, `Catch/${index}/`);
  } catch (error) {
    if (error instanceof StateFailure) recordEvaluation(error, visit);
    throw error;
  }
}

function recordEvaluation({ error, reason, location }: StateFailure, { name, thread }: Visit): void {
  if (location !== undefined)
    thread.record('EvaluationFailed', { error, cause: reason, location, state: name });
}

function exitDetails(name: string, { output, assigned }: Outcome): Record<string, unknown> {
  const details = { name, output: JSON.stringify(output), outputDetails: { truncated: false } };
  if (!assigned) return details;
  const assignedVariables = Object.fromEntries(
    Object.entries(assigned as JsonObject).map(([variable, value]) => [variable, JSON.stringify(value)]),
  );
  return { ...details, assignedVariables, assignedVariablesDetails: { truncated: false } };
}
