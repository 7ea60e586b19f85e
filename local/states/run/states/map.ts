import type { MapState } from '../../definition/asl.ts';
import type { Json, JsonObject } from '../../json.ts';
import { limits } from '../../limits.ts';
import { StateFailure } from '../failure.ts';
import type { Outcome, Walk } from '../outcome.ts';
import type { Iteration, Thread } from '../thread.ts';
import type { Visit } from '../visit.ts';

/** One iteration to come: `$states.context.Map.Item` and the input made of it. */
interface Prepared {
  readonly item: JsonObject;
  readonly input: Json;
}

/** Runs the processor once per item, at most MaxConcurrency at a time; the first failure aborts the rest. */
export async function performMap(state: MapState, visit: Visit, walk: Walk): Promise<Outcome> {
  const { thread } = visit;
  const prepared = await prepare(state, visit);
  const most = { least: 0, most: Number.MAX_SAFE_INTEGER };
  const wanted = await visit.integer(state.MaxConcurrency ?? 0, 'MaxConcurrency', most);
  const width = Math.min(wanted === 0 ? limits.inlineMapConcurrency : wanted, limits.inlineMapConcurrency);
  thread.record('MapStateStarted', { length: prepared.length });
  const results: Json[] = [];
  const running = new Set<Thread>();
  let following = 0;
  const lane = async (): Promise<void> => {
    for (let index = following++; index < prepared.length; index = following++) {
      const { item, input } = prepared[index] as Prepared;
      const iteration = { name: visit.name, index };
      const child = thread.fork({ mapItem: item, iteration });
      running.add(child);
      try {
        results[index] = await iterate(iteration, child, () => walk(state.ItemProcessor, input, child));
      } catch (error) {
        // Before any other lane can take the next item.
        following = prepared.length;
        throw error;
      } finally {
        running.delete(child);
        thread.join(child);
      }
    }
  };
  try {
    await Promise.all(Array.from({ length: Math.min(width, prepared.length) }, lane));
  } catch (error) {
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

async function prepare(state: MapState, visit: Visit): Promise<Prepared[]> {
  const items = state.Items === undefined ? visit.input : await visit.evaluate(state.Items, 'Items');
  if (!Array.isArray(items)) throw visit.wrongType(items, 'Items', 'array');
  const iterations: Prepared[] = [];
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

async function iterate(iteration: Iteration, child: Thread, body: () => Promise<Json>): Promise<Json> {
  child.record('MapIterationStarted', { ...iteration });
  try {
    const output = await body();
    child.record('MapIterationSucceeded', { ...iteration });
    return output;
  } catch (error) {
    if (error instanceof StateFailure) child.record('MapIterationFailed', { ...iteration });
    throw error;
  }
}
