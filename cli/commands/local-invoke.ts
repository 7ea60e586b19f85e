import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { invoke } from '../aws/functions.ts';
import { functionNameOf } from '../aws/stack-functions.ts';
import { RefusedError } from '../cli-error.ts';
import { freshPromotion } from '../events/fresh-promotion.ts';
import { fillPlaceholders } from '../events/placeholders.ts';
import { seed } from '../events/seed.ts';
import { valuesOf } from '../events/values.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { withCloud } from '../laptop/with-cloud.ts';
import { laptopTarget } from '../target/resolve.ts';
import { describeStack } from '../target/stack.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, stateOf } from './context.ts';

async function readEvent(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${file} cannot be read (${error.code})`);
  });
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new RefusedError(`${file} is no JSON: ${(error as Error).message}`, { cause: error });
  }
}

/** Fills the event from a seeded cloud and hands it to `use`; what was opened for the event is ended afterwards. */
async function withEvent<Result>(
  context: CommandContext,
  target: Target,
  file: string,
  use: (event: unknown) => Promise<Result>,
): Promise<Result> {
  const event = await readEvent(resolve(context.world.cwd, file));
  const view = await seed(target, context.world.interruption);
  const outputs = await describeStack(target.settings, target.stackName);
  const fresh = {
    staging: freshPromotion(target, view, 'staging'),
    production: freshPromotion(target, view, 'production'),
  };
  try {
    return await use(await fillPlaceholders(event, valuesOf({ target, view, outputs, fresh })));
  } finally {
    await fresh.staging.end();
    await fresh.production.end();
  }
}

/** Invokes one function of the template on a laptop cloud with an event file; prints its answer. */
export async function localInvoke(
  context: CommandContext,
  logicalId: string,
  file: string,
): Promise<ExitCode> {
  const { output, world } = context;
  return withCloud(stateOf(context), world.interruption, async (cloud, isOwn) => {
    const target = await laptopTarget(cloud);
    const name = await functionNameOf(target, logicalId);
    output.note(
      isOwn
        ? 'No laptop cloud runs: using a new one, seeded from examples/'
        : `Target: ${target.description}`,
    );
    return withEvent(context, target, file, async (event) => {
      const answer = await invoke(target.settings, name, JSON.stringify(event));
      output.line(answer.payload, answer.functionError === undefined ? 'plain' : 'bad');
      output.record({ functionName: name, ...answer, event });
      return answer.functionError === undefined ? exitCodes.ok : exitCodes.failed;
    });
  });
}

/** Prints an event file with its placeholders filled from the running laptop cloud, for other tools to use. */
export async function localEvent(context: CommandContext, file: string): Promise<ExitCode> {
  const { output, world } = context;
  return withCloud(stateOf(context), world.interruption, async (cloud) => {
    return withEvent(context, await laptopTarget(cloud), file, async (event) => {
      output.line(JSON.stringify(event, null, 2));
      output.record(event);
      return exitCodes.ok;
    });
  });
}
