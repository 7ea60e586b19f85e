/** Requests that are in flight to one cluster at a time (KUBERNETES.md L3). */
export const requestsInFlight = 10;

/**
 * Does `work` for every item, at most `limit` at a time; results stand in the items' order. After the first failure
 * nothing new is begun, what is under way is waited for, and that failure is thrown.
 */
export async function inParallel<Item, Result>(
  items: readonly Item[],
  work: (item: Item) => Promise<Result>,
  limit: number = requestsInFlight,
): Promise<readonly Result[]> {
  const results: Result[] = [];
  let next = 0;
  let failure: { readonly error: unknown } | undefined;
  async function worker(): Promise<void> {
    while (next < items.length && failure === undefined) {
      const index = next;
      next += 1;
      try {
        results[index] = await work(items[index] as Item);
      } catch (error) {
        failure ??= { error };
      }
    }
  }
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  if (failure !== undefined) throw failure.error;
  return results;
}
