import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { runningCloud } from '../laptop/cloud-file.ts';
import { stopCloud } from '../laptop/process.ts';
import { type CommandContext, stateOf } from './context.ts';

/** Stops the laptop cloud; that none runs is no failure. */
export async function localDown(context: CommandContext): Promise<ExitCode> {
  const { output, world } = context;
  const state = stateOf(context);
  const cloud = await runningCloud(state);
  if (cloud !== undefined) await stopCloud(cloud, world.interruption);
  output.line(cloud === undefined ? 'No laptop cloud runs.' : `Stopped (process ${cloud.pid}).`);
  output.record({ state, stopped: cloud !== undefined });
  return exitCodes.ok;
}
