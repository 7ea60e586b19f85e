import { outcomeText } from '#domain/outcome.ts';
import type { ReleaseView } from '#domain/view.ts';
import { stopExecution } from '../aws/executions.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandContext, reach } from './context.ts';
import { newestRelease } from './follow.ts';

/** What runs of a release: its own execution, which takes its promotion along; else promotions started by hand. */
export function runningExecutions({ release, promotions }: ReleaseView): readonly string[] {
  const executions =
    release.outcome === undefined
      ? [release.executionArn]
      : promotions.flatMap(({ promotion }) =>
          promotion.outcome === undefined ? [promotion.executionArn] : [],
        );
  return executions.filter((arn) => arn !== undefined);
}

function nothingRuns({ release: { application, release, outcome } }: ReleaseView): RefusedError {
  const subject = `release ${release} of ${application}`;
  return new RefusedError(
    outcome === undefined
      ? `${subject} has not started yet: try again in a moment`
      : `${subject} has ended already: ${outcomeText[outcome]}`,
  );
}

/**
 * Stops what runs of a release. What it leaves behind is settled by the service: requests are withdrawn, the
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
  const executions = runningExecutions(answer.view);
  if (executions.length === 0) throw nothingRuns(answer.view);
  for (const execution of executions) await stopExecution(target, execution, 'stopped with tidegate stop');
  output.line(
    `Stopped: release ${release} of ${application}. See "tidegate status ${application}" for what follows.`,
  );
  output.record({ event: 'stopped', application, release, executions });
  return exitCodes.ok;
}
