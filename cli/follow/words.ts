import type { ChangeAction } from '#domain/plan.ts';
import type { RolloutProgress } from '#domain/promotion.ts';
import type { PromotionView, ReleaseView } from '#domain/view.ts';

const actions: readonly ChangeAction[] = ['created', 'configured', 'pruned', 'unchanged'];

/** `2 created, 1 pruned, 4 unchanged`; `nothing` for an empty plan. */
export function changesText(changes: Readonly<Record<ChangeAction, number>>): string {
  const parts = actions
    .filter((action) => changes[action] > 0)
    .map((action) => `${changes[action]} ${action}`);
  return parts.length === 0 ? 'nothing' : parts.join(', ');
}

/** `3 of 5 objects ready`, and how it stands with the stability window. */
export function progressText({ readyObjects, totalObjects, stableAt }: RolloutProgress): string {
  const ready = `${readyObjects} of ${totalObjects} objects ready`;
  return stableAt === undefined ? ready : `${ready}, must stay so for the stability window`;
}

/** `; waits for …` with the first object that is not ready, and how many more. */
export function waitText({ waitingFor }: RolloutProgress): string {
  const [first, ...others] = waitingFor;
  if (first === undefined) return '';
  return `; waits for ${first}${others.length === 0 ? '' : ` and ${others.length} more`}`;
}

function promotionNow({ promotion, willNotStart }: PromotionView): string {
  const { environment, stage, progress } = promotion;
  const at =
    progress === undefined || stage === 'awaiting-approval'
      ? ''
      : `: ${progressText(progress)}${waitText(progress)}`;
  const problem = willNotStart === undefined ? '' : `; will not start: ${willNotStart[0]}`;
  return `${environment}: ${stage.replaceAll('-', ' ')}${at || problem}`;
}

/** What a release is doing just now, in one line: for a live line and for `status`. */
export function currentText({ release, promotions }: ReleaseView): string {
  const running = promotions.filter(({ promotion }) => promotion.outcome === undefined);
  if (running.length > 0) return running.map(promotionNow).join(' · ');
  if (release.outcome !== undefined) return release.outcome;
  return release.contents === undefined ? 'validates the bundle' : 'between environments';
}
