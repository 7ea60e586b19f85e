import { releaseHold } from '../aws/releases.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandContext, reach } from './context.ts';

/** Lets promotions go to an environment again after a rollback failed there. */
export async function runReleaseHold(
  context: CommandContext,
  application: string,
  environment: string,
): Promise<ExitCode> {
  const { output } = context;
  const answer = await releaseHold(await reach(context), { application, environment });
  output.line(
    answer.released
      ? `Lifted: ${environment} of ${application} was ${answer.was}`
      : `Not held: ${environment} of ${application}`,
  );
  output.record({ event: 'hold', application, environment, ...answer });
  return exitCodes.ok;
}
