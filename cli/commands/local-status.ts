import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { cloudFile, runningCloud } from '../laptop/cloud-file.ts';
import { type CommandContext, stateOf } from './context.ts';
import { describeCloud, withoutSecret } from './local-up.ts';

/** Says whether a laptop cloud runs; its exit code says so too. */
export async function localStatus(context: CommandContext): Promise<ExitCode> {
  const { output } = context;
  const state = stateOf(context);
  const cloud = await runningCloud(state);
  output.record(
    cloud === undefined ? { running: false, state } : { running: true, state, ...withoutSecret(cloud) },
  );
  if (cloud === undefined) {
    output.line(`No laptop cloud runs on ${cloudFile(state)}: start one with "tidegate local up".`);
    return exitCodes.unreachable;
  }
  describeCloud(output, cloud, state);
  return exitCodes.ok;
}
