import type { ReleaseView } from '#domain/view.ts';
import { showRelease } from '../aws/releases.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { type Following, follow } from '../follow/follow.ts';
import { createProgress } from '../follow/progress.ts';
import type { Target } from '../target/target.ts';
import type { CommandContext } from './context.ts';

/** How often is asked: the laptop costs nothing, in AWS each answer is an invocation. */
const intervalMilliseconds: Readonly<Record<Target['kind'], number>> = { laptop: 250, aws: 2000 };

/** Follows on a target, printing to the command's output. */
export function followOnTarget(
  { output, world }: CommandContext,
  target: Target,
  following: Pick<Following, 'question' | 'isOver' | 'timeoutSeconds'> & { readonly told?: Iterable<string> },
): Promise<ReleaseView> {
  const { told, ...rest } = following;
  return follow({
    ...rest,
    show: (input) => showRelease(target, input),
    progress: createProgress(output, told),
    intervalMilliseconds: intervalMilliseconds[target.kind],
    interruption: world.interruption,
  });
}

/** The exit code for a release that was followed to its end. */
export function exitCodeOfRelease({ release }: ReleaseView): ExitCode {
  return release.outcome === undefined ? exitCodes.failed : exitCodeOfOutcome(release.outcome);
}
