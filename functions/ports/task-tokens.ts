/** Wakes a state that waits with a task token. */
export interface TaskTokens {
  /** Idempotent: `gone` when the wait was answered already, timed out, or its execution ended. */
  succeed(taskToken: string, result: unknown): Promise<'delivered' | 'gone'>;
}
