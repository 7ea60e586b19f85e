import type { Clock } from '../clock.ts';

// setTimeout keeps its delay in a signed 32-bit number and fires at once beyond it; waits may last three years.
const longestMilliseconds = 2 ** 31 - 1;

/** `clock.after` for delays of any length; the returned function cancels it. */
export function after(clock: Clock, milliseconds: number, action: () => void): () => void {
  const dueAt = clock.now() + milliseconds;
  let cancel: () => void;
  const arm = () => {
    const left = Math.max(0, dueAt - clock.now());
    cancel = left > longestMilliseconds ? clock.after(longestMilliseconds, arm) : clock.after(left, action);
  };
  arm();
  return () => cancel();
}
