import type { Clock } from '#ports/clock.ts';

/** What one request told about how busy the cluster is. */
export interface RequestReport {
  readonly milliseconds: number;
  /** It answered 429 or 503. */
  readonly isBusy: boolean;
  /** As the server asked for. */
  readonly retryAfterMilliseconds?: number;
}

/** How many requests may be in flight to one cluster, adapted to what the cluster says (KUBERNETES.md L3, K7). */
export interface RequestGate {
  /** Resolves when a request may be sent; each is to be followed by `leave`. */
  enter(): Promise<void>;
  leave(report: RequestReport): void;
  /** Requests that may be in flight now. */
  readonly limit: number;
}

const leastLimit = 1;
// An answer is slow when it takes this much longer than the cluster's usual ones, and longer than people notice.
const slowFactor = 4;
const slowFromMilliseconds = 500;
const memory = 0.9;

/**
 * Additive increase, multiplicative decrease: the limit halves when the cluster says that it is busy and shrinks while
 * answers grow slow, else it creeps up again to `most`. After a 429 nobody sends until the time that the server asked for
 * is over: each of ten requests that backs off by itself would be ten requests too many.
 */
export function createRequestGate(clock: Clock, most = 10): RequestGate {
  const waiting: (() => void)[] = [];
  let limit = most;
  let inFlight = 0;
  let usualMilliseconds: number | undefined;
  let closedUntil = 0;

  function admit(): void {
    while (waiting.length > 0 && inFlight < Math.floor(limit)) {
      inFlight += 1;
      waiting.shift()?.();
    }
  }

  function learn({ milliseconds, isBusy, retryAfterMilliseconds = 0 }: RequestReport): void {
    if (isBusy) {
      limit = Math.max(leastLimit, limit / 2);
      closedUntil = Math.max(closedUntil, clock.now() + retryAfterMilliseconds);
      return;
    }
    const usual = usualMilliseconds ?? milliseconds;
    const isSlow = milliseconds > slowFromMilliseconds && milliseconds > slowFactor * usual;
    // What is slow does not become usual: else a cluster that slows down for good would look healthy soon.
    if (!isSlow) usualMilliseconds = usual * memory + milliseconds * (1 - memory);
    limit = isSlow ? Math.max(leastLimit, limit * memory) : Math.min(most, limit + 1 / limit);
  }

  return {
    async enter() {
      await new Promise<void>((resolve) => {
        waiting.push(resolve);
        admit();
      });
      const pause = closedUntil - clock.now();
      if (pause > 0) await clock.sleep(pause);
    },
    leave(report) {
      inFlight -= 1;
      learn(report);
      admit();
    },
    get limit() {
      return Math.floor(limit);
    },
  };
}
