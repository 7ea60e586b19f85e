/** What must be undone when the cloud ends, last first. */
export class Stops {
  readonly #stops: (() => Promise<void>)[] = [];
  #isOver = false;

  add(stop: () => Promise<void>): void {
    this.#stops.push(stop);
  }

  /** Waits for something to start and keeps how it is stopped; what comes up after the end is stopped at once. */
  async keep<T>(starting: Promise<T>, stop: (started: T) => Promise<void>): Promise<T> {
    const started = await starting;
    if (this.#isOver) await stop(started);
    else this.add(() => stop(started));
    return started;
  }

  /** Runs every stop, even when one of them fails; a second call finds nothing left. */
  async run(): Promise<void> {
    this.#isOver = true;
    const failures: unknown[] = [];
    for (let stop = this.#stops.pop(); stop; stop = this.#stops.pop()) {
      await stop().catch((error: unknown) => failures.push(error));
    }
    if (failures.length > 0) throw new AggregateError(failures, 'The laptop cloud did not stop cleanly');
  }
}
