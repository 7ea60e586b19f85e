import { randomUUID } from 'node:crypto';
import type { Promotion } from '#domain/promotion.ts';
import type { ReleaseView, StartPromotionInput, StartPromotionResult } from '#domain/view.ts';
import { showRelease, startPromotion } from '../aws/releases.ts';
import { type ExitCode, exitCodeOfOutcome, exitCodes } from '../exit-codes.ts';
import { milestones } from '../follow/milestones.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';
import { followOnTarget } from './follow-on-target.ts';

/** Options of `tidegate promote` and `tidegate rollback`. */
export interface PromotionOptions {
  readonly follow: boolean;
  readonly timeoutSeconds?: number;
}

function findPromotion(
  view: ReleaseView,
  { environment, attempt }: StartPromotionResult,
): Promotion | undefined {
  return view.promotions
    .map(({ promotion }) => promotion)
    .find((promotion) => promotion.environment === environment && promotion.attempt === attempt);
}

/** What was told of the release before this promotion: not told again. */
async function toldBefore(target: Target, started: StartPromotionResult): Promise<readonly string[]> {
  const { application, release, environment, attempt } = started;
  const answer = await showRelease(target, { kind: 'release', application, release });
  if (answer.kind !== 'release') return [];
  const own = `${environment}/${attempt}/`;
  return milestones(answer.view).flatMap(({ id }) => (id.startsWith(own) ? [] : [id]));
}

/** Starts one promotion and follows it to its end. */
export async function runPromotion(
  context: CommandContext,
  wish: Omit<StartPromotionInput, 'requestId'>,
  options: PromotionOptions,
): Promise<ExitCode> {
  const { output } = context;
  const target = await reach(context);
  const started = await startPromotion(target, { ...wish, requestId: randomUUID() });
  const { application, release, environment, attempt } = started;
  output.line(
    `Started: release ${release} of ${application} into ${environment} (${wish.kind}, attempt ${attempt})`,
  );
  output.record({ event: 'started', ...started });
  if (!options.follow) return exitCodes.ok;
  const view = await followOnTarget(context, target, {
    question: { kind: 'release', application, release },
    isOver: (seen) => findPromotion(seen, started)?.outcome !== undefined,
    told: await toldBefore(target, started),
    ...(options.timeoutSeconds === undefined ? {} : { timeoutSeconds: options.timeoutSeconds }),
  });
  const promotion = findPromotion(view, started);
  output.record({ event: 'ended', promotion });
  return promotion?.outcome === undefined ? exitCodes.failed : exitCodeOfOutcome(promotion.outcome);
}
