import type { Block } from '../definition/asl.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Thread } from './thread.ts';

/** Where a state leads, and what it leaves behind. */
export interface Outcome {
  /** Absent at the end of the block. */
  readonly next?: string | undefined;
  readonly output: Json;
  readonly assigned: JsonObject | undefined;
}

/** Walks a block of states from its beginning and returns the last one's output; throws `StateFailure` or `Aborted`. */
export type Walk = (block: Block, input: Json, thread: Thread) => Promise<Json>;
