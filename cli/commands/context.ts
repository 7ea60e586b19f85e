import type { Output } from '../output/output.ts';
import { resolveTarget, stateFolder, type TargetFlags } from '../target/resolve.ts';
import type { Target } from '../target/target.ts';
import type { World } from '../world.ts';

/** What every command is given. */
export interface CommandContext {
  readonly world: World;
  readonly output: Output;
  readonly flags: TargetFlags;
}

/** Finds the target; says which one it is where the command line does not. */
export async function reach({ world, output, flags }: CommandContext): Promise<Target> {
  const { target, isObvious } = await resolveTarget(flags, world);
  if (!isObvious) output.note(`Target: ${target.description}`);
  return target;
}

/** The folder of the laptop cloud's state. */
export function stateOf({ flags, world }: CommandContext): string {
  return stateFolder(flags, world);
}
