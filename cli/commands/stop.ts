import { stopExecution } from '../aws/executions.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandContext, reach } from './context.ts';
import { newestRelease } from './follow.ts';

/**
 * Stops a release's execution. What it leaves behind is settled by the service: requests are withdrawn, the
 * environment is freed, and what was half applied is rolled back.
 */
export async function stop(context: CommandContext, application: string, asked?: number): Promise<ExitCode> {
  const { output } = context;
  const target = await reach(context);
  const release = asked ?? (await newestRelease(target, application));
  const answer = await showRelease(target, { kind: 'release', application, release });
  if (answer.kind !== 'release') {
    throw new RefusedError(
      `release ${release} of "${application}" is unknown: see "tidegate status ${application}"`,
    );
  }
  const { outcome, executionArn } = answer.view.release;
  if (outcome !== undefined)
    throw new RefusedError(`release ${release} of ${application} has ended already: ${outcome}`);
  if (executionArn === undefined) {
    throw new RefusedError(`release ${release} of ${application} has not started yet: try again in a moment`);
  }
  await stopExecution(target, executionArn, 'stopped with tidegate stop');
  output.line(
    `Stopped: release ${release} of ${application}. See "tidegate status ${application}" for what follows.`,
  );
  output.record({ event: 'stopped', application, release, executionArn });
  return exitCodes.ok;
}
