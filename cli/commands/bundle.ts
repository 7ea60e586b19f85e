import { stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { packFolder } from '../bundle/pack.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import type { CommandContext } from './context.ts';

/** Throws RefusedError unless `folder` is one. */
export async function requireFolder(folder: string): Promise<void> {
  const found = await stat(folder).catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(
      `${folder} cannot be read (${error.code}): name the folder that holds tidegate.yaml`,
    );
  });
  if (!found.isDirectory())
    throw new RefusedError(`${folder} is no folder: name the folder that holds tidegate.yaml`);
}

/** Writes a folder as a bundle. */
export async function bundle(
  { world, output }: CommandContext,
  folder: string,
  options: { readonly output: string },
): Promise<ExitCode> {
  await requireFolder(resolve(world.cwd, folder));
  const packed = await packFolder(resolve(world.cwd, folder), resolve(world.cwd, options.output));
  if (packed.leftOut.length > 0) output.note(`Left out: ${packed.leftOut.join(', ')}`);
  output.line(`${options.output}: ${packed.files} files, ${packed.bytes} bytes`);
  output.line(`sha256 ${packed.sha256}`);
  output.record(packed);
  return exitCodes.ok;
}
