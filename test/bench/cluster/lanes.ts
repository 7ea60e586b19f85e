import { setTimeout as sleep } from 'node:timers/promises';

export interface Lanes {
  readonly lanes: number;
  /** The piece to begin with; those before it come last. */
  readonly first: number;
  /** How long after each other the lanes begin, so that their first pieces don't stand in each other's way. */
  readonly apartMilliseconds: number;
}

/** Does work, a piece at a time in each lane; answers in the order of the items. */
export async function inLanes<Item, Result>(
  items: readonly Item[],
  { lanes, first, apartMilliseconds }: Lanes,
  work: (item: Item) => Promise<Result>,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  const numbered = [...items.entries()];
  const left = [...numbered.slice(first), ...numbered.slice(0, first)];
  async function lane(_: unknown, index: number): Promise<void> {
    await sleep(index * apartMilliseconds);
    for (let next = left.shift(); next !== undefined; next = left.shift()) {
      results[next[0]] = await work(next[1]);
    }
  }
  await Promise.all(Array.from({ length: lanes }, lane));
  return results;
}
