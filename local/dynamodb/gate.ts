/**
 * Many shared holders or one exclusive holder, in the order of their coming. A transaction holds it alone, so that
 * nobody sees half of one.
 */
export interface Gate {
  shared<T>(work: () => Promise<T>): Promise<T>;
  exclusive<T>(work: () => Promise<T>): Promise<T>;
}

export function createGate(): Gate {
  let lastExclusive: Promise<unknown> = Promise.resolve();
  let sharedSince: Promise<unknown>[] = [];
  const settled = (work: Promise<unknown>): Promise<unknown> => work.catch(() => undefined);
  return {
    shared(work) {
      const running = lastExclusive.then(work);
      sharedSince.push(settled(running));
      return running;
    },
    exclusive(work) {
      const before = Promise.all([lastExclusive, ...sharedSince]);
      const running = before.then(work);
      lastExclusive = settled(running);
      sharedSince = [];
      return running;
    },
  };
}
