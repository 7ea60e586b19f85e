import type { TaskTokens } from '#ports/task-tokens.ts';

export interface MemoryTaskTokens extends TaskTokens {
  /** What each token was answered with, in order. */
  readonly answers: ReadonlyMap<string, unknown>;
  /** The wait behind a token is over without an answer. */
  expire(taskToken: string): void;
}

/** Waits that are answered in this process: each token once. */
export function createMemoryTaskTokens(): MemoryTaskTokens {
  const answers = new Map<string, unknown>();
  const expired = new Set<string>();
  return {
    answers,
    expire: (taskToken) => void expired.add(taskToken),
    async succeed(taskToken, result) {
      if (answers.has(taskToken) || expired.has(taskToken)) return 'gone';
      answers.set(taskToken, result);
      return 'delivered';
    },
  };
}
