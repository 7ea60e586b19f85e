import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import type { ExitCode } from '../exit-codes.ts';
import { releaseEnded } from '../follow/follow.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';
import { exitCodeOfRelease, followOnTarget } from './follow-on-target.ts';

/** The number of an application's newest release. Throws RefusedError when it has none. */
export async function newestRelease(target: Target, application: string): Promise<number> {
  const answer = await showRelease(target, { kind: 'application', application });
  const newest = answer.kind === 'application' ? answer.releases[0] : undefined;
  if (newest !== undefined) return newest.release.release;
  throw new RefusedError(
    `application "${application}" has no release: push one with "tidegate push <folder>"`,
  );
}

/** Throws RefusedError when there is no such release. */
export async function requireRelease(target: Target, application: string, release: number): Promise<void> {
  const answer = await showRelease(target, { kind: 'release', application, release });
  if (answer.kind === 'release') return;
  throw new RefusedError(
    `release ${release} of "${application}" is unknown: see "tidegate status ${application}"`,
  );
}

/** Follows a release, the newest one when none is named, to its end. */
export async function followCommand(
  context: CommandContext,
  application: string,
  options: { readonly release?: number; readonly timeoutSeconds?: number },
): Promise<ExitCode> {
  const target = await reach(context);
  const release = options.release ?? (await newestRelease(target, application));
  await requireRelease(target, application, release);
  const view = await followOnTarget(context, target, {
    question: { kind: 'release', application, release },
    isOver: releaseEnded,
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
  });
  context.output.record({ event: 'ended', view });
  return exitCodeOfRelease(view);
}
