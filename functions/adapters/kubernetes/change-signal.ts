import { ClusterUnavailableError } from '#domain/errors.ts';

/** Between those who hear of changes and the one who waits for them. */
export interface ChangeSignal {
  changed(): void;
  fail(error: unknown): void;
  next(milliseconds: number): Promise<void>;
  close(): void;
}

/** Wakes who waits for a change; one that came while nobody waited is remembered. */
export function createChangeSignal(): ChangeSignal {
  let pending = false;
  let failure: unknown;
  let wake: (() => void) | undefined;
  const notify = () => {
    pending = true;
    wake?.();
  };
  return {
    changed: notify,
    fail(error) {
      failure = error ?? new ClusterUnavailableError('watch: ended without a reason');
      notify();
    },
    async next(milliseconds) {
      if (!pending) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, milliseconds);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      pending = false;
      wake = undefined;
      if (failure !== undefined) throw failure;
    },
    close: notify,
  };
}
