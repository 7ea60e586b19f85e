import type { Need } from '../../iam/evaluate.ts';
import type { Json, JsonObject } from '../json.ts';

/** The integration patterns, as they end a Resource: nothing, `.waitForTaskToken`, `.sync`, `.sync:2`. */
export type Pattern = 'request' | 'waitForTaskToken' | 'sync' | 'sync:2';

/** What a request may use of the task that makes it. */
export interface TaskCall {
  /** Calls `action` when the task is aborted (by a stop, or a failing sibling); the returned function takes that back. */
  onAbort(action: () => void): () => void;
  /** Why the machine's role may not do something, in AWS's words; undefined when it may. */
  whyDenied(need: Need): string | undefined;
}

/** One API action that Task states can name, such as `lambda:invoke`. */
export interface ServiceAction {
  /** As it stands in `arn:aws:states:::<name>`. */
  readonly name: string;
  readonly patterns: readonly Pattern[];
  /** The members of Arguments it takes. */
  readonly parameters: Readonly<Record<string, 'required' | 'optional'>>;
  /** Sends the request and returns its answer; throws `TaskError`. */
  request(parameters: JsonObject, pattern: Pattern, call: TaskCall): Promise<Json>;
  /** What a machine's role must be allowed to do before the machine can be created. */
  neededToCreate?(pattern: Pattern): readonly Need[];
  /** `.sync`: waits for the job that `submitted` answers for, and stops it when the task is aborted. Throws `TaskError`. */
  untilDone?(submitted: Json, pattern: Pattern, call: TaskCall): Promise<Json>;
}

/** A task's failure in the words of its service: `Lambda.TooManyRequestsException`. */
export class TaskError extends Error {
  override readonly name = 'TaskError';
  readonly error: string;

  constructor(error: string, cause: string) {
    super(cause);
    this.error = error;
  }
}
