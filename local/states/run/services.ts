import type { Clock } from '../../clock.ts';
import type { Access } from '../access.ts';
import type { Random } from '../query/functions.ts';
import type { TaskRegistry } from '../tasks/registry.ts';
import type { TaskTokens } from '../tokens.ts';

/** What running states need of the world. */
export interface RunServices {
  readonly clock: Clock;
  readonly random: Random;
  readonly tasks: TaskRegistry;
  readonly tokens: TaskTokens;
  readonly region: string;
  readonly access: Access;
}
