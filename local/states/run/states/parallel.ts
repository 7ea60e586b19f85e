import type { ParallelState } from '../../definition/asl.ts';
import type { Json } from '../../json.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome, Walk } from '../outcome.ts';
import type { Visit } from '../visit.ts';

/** Runs all branches on one input; the first to fail aborts the others. */
export async function performParallel(state: ParallelState, visit: Visit, walk: Walk): Promise<Outcome> {
  const { thread } = visit;
  const input =
    state.Arguments === undefined ? visit.input : await visit.evaluate(state.Arguments, 'Arguments');
  visit.checkSize(input, 'was called with an input');
  thread.record('ParallelStateStarted');
  const branches = state.Branches.map((block) => ({ block, child: thread.fork() }));
  let results: Json[];
  try {
    results = await Promise.all(branches.map(({ block, child }) => walk(block, input, child)));
  } catch (error) {
    for (const { child } of branches) child.abort();
    if (error instanceof StateFailure) thread.record('ParallelStateFailed');
    throw error;
  } finally {
    for (const { child } of branches) thread.join(child);
  }
  visit.checkSize(results, 'returned a result');
  thread.record('ParallelStateSucceeded');
  return visit.leave(state, results, { result: results });
}
