import type { Block, MapState } from '../../definition/asl.ts';
import type { Json, JsonObject } from '../../json.ts';
import { limits } from '../../limits.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome, Walk } from '../outcome.ts';
import type { Thread } from '../thread.ts';
import type { Visit } from '../visit.ts';

/** One iteration to come: `$states.context.Map.Item` and the input made of it. */
interface Iteration {
  readonly item: JsonObject;
  readonly input: Json;
}

/** Runs the processor once per item, at most MaxConcurrency at a time; the first failure aborts the rest. */
export async function performMap(state: MapState, visit: Visit, walk: Walk): Promise<Outcome> {
  const { thread } = visit;
  const iterations = await prepare(state, visit);
  const most = { least: 0, most: Number.MAX_SAFE_INTEGER };
  const wanted = await visit.integer(state.MaxConcurrency ?? 0, 'MaxConcurrency', most);
  const width = Math.min(wanted === 0 ? limits.inlineMapConcurrency : wanted, limits.inlineMapConcurrency);
  thread.record('MapStateStarted', { length: iterations.length });
  const results: Json[] = [];
  const running = new Set<Thread>();
  let following = 0;
  const lane = async (): Promise<void> => {
    for (let index = following++; index < iterations.length; index = following++) {
      const { item, input } = iterations[index] as Iteration;
      const child = thread.fork(item);
      running.add(child);
      results[index] = await iterate(visit.name, index, { block: state.ItemProcessor, input, child }, walk);
      running.delete(child);
      thread.join(child);
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, iterations.length) }, lane));
  } catch (error) {
    following = iterations.length;
    for (const child of running) {
      child.abort();
      thread.join(child);
    }
    if (error instanceof StateFailure) thread.record('MapStateFailed');
    throw error;
  }
  visit.checkSize(results, 'returned a result');
  thread.record('MapStateSucceeded');
  return visit.leave(state, results, { result: results });
}

async function prepare(state: MapState, visit: Visit): Promise<Iteration[]> {
  const items = state.Items === undefined ? visit.input : await visit.evaluate(state.Items, 'Items');
  if (!Array.isArray(items)) throw visit.wrongType(items, 'Items', 'array');
  const iterations: Iteration[] = [];
  for (const [Index, value] of items.entries()) {
    const item = { Index, Value: value as Json };
    const input =
      state.ItemSelector === undefined
        ? item.Value
        : await visit.evaluate(state.ItemSelector, 'ItemSelector', {}, item);
    visit.checkSize(input, 'was called with an input');
    iterations.push({ item, input });
  }
  return iterations;
}

async function iterate(
  name: string,
  index: number,
  { block, input, child }: { block: Block; input: Json; child: Thread },
  walk: Walk,
): Promise<Json> {
  child.record('MapIterationStarted', { name, index });
  try {
    const output = await walk(block, input, child);
    child.record('MapIterationSucceeded', { name, index });
    return output;
  } catch (error) {
    if (error instanceof StateFailure) child.record('MapIterationFailed', { name, index });
    throw error;
  }
}
