import type { ReleaseView, ShowReleaseInput, ShowReleaseResult } from '#domain/view.ts';
import { FollowTimeoutError, InterruptedError, RefusedError } from '../cli-error.ts';
import { pause } from './pause.ts';
import type { Progress } from './progress.ts';

/** How a release is followed: what is asked, how often, how long, and when it is over. */
export interface Following {
  readonly show: (input: ShowReleaseInput) => Promise<ShowReleaseResult>;
  readonly question: ShowReleaseInput;
  readonly progress: Progress;
  readonly intervalMilliseconds: number;
  /** Absent: until the end, however long. */
  readonly timeoutSeconds?: number;
  readonly interruption: AbortSignal;
  /** When the clock of the printed lines began, as `performance.now()` tells; absent: now. */
  readonly begunAt?: number;
  /** True for the view that ends the following. */
  readonly isOver: (view: ReleaseView) => boolean;
}

/** Whether a release has ended. */
export function releaseEnded({ release }: ReleaseView): boolean {
  return release.outcome !== undefined;
}

/**
 * Asks again and again until it is over, printing what is new. Answers the last view.
 * Throws RefusedError when the upload was refused, FollowTimeoutError after `timeoutSeconds`, InterruptedError.
 */
export async function follow(following: Following): Promise<ReleaseView> {
  const { show, question, progress, intervalMilliseconds, timeoutSeconds, interruption, isOver } = following;
  const start = performance.now();
  const begunAt = following.begunAt ?? start;
  for (;;) {
    if (interruption.aborted) throw new InterruptedError('interrupted: the release goes on');
    const answer = await show(question);
    const now = performance.now();
    const elapsed = now - begunAt;
    if (answer.kind === 'refused') {
      throw new RefusedError(`the release is refused: ${answer.failure.message} (${answer.failure.name})`);
    }
    if (answer.kind === 'release') {
      progress.show(answer.view, elapsed);
      if (isOver(answer.view)) return answer.view;
    } else {
      progress.wait('uploaded; waits for the upload’s event', elapsed);
    }
    if (timeoutSeconds !== undefined && now - start >= timeoutSeconds * 1000) {
      throw new FollowTimeoutError(
        `not ended after ${timeoutSeconds} s: it goes on; follow it with "tidegate follow"`,
      );
    }
    await pause(intervalMilliseconds, interruption);
  }
}
