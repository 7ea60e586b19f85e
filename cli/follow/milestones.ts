import type { ApprovalRequest, RequestStatus } from '#domain/approval.ts';
import { outcomeText } from '#domain/outcome.ts';
import type { Promotion, PromotionStage } from '#domain/promotion.ts';
import { remedyText } from '#domain/remedy.ts';
import type { PromotionView, ReleaseView } from '#domain/view.ts';
import { timeText } from '../output/elapsed.ts';
import type { Tone } from '../output/palette.ts';
import { changesText, progressText, waitText } from './words.ts';

/** One thing that happened to a release; `id` tells it from every other, so that each is printed once. */
export interface Milestone {
  readonly id: string;
  /** Absent for what concerns the whole release. */
  readonly environment?: string;
  readonly attempt?: number;
  readonly text: string;
  readonly tone: Tone;
}

type Facts = Omit<Milestone, 'id' | 'environment' | 'attempt'>;

const requestTones: Readonly<Record<RequestStatus, Tone>> = {
  pending: 'waiting',
  approved: 'good',
  rejected: 'bad',
  expired: 'bad',
  superseded: 'waiting',
  outdated: 'waiting',
  withdrawn: 'waiting',
};

function requestFacts(request: ApprovalRequest): Facts {
  const tone = requestTones[request.status];
  const { decision } = request;
  if (request.status === 'pending') {
    const whom = request.approvers.join(', ');
    return { tone, text: `waits for the decision of ${whom}, until ${timeText(request.expiresAt)}` };
  }
  if (decision !== undefined) {
    const comment = decision.comment === '' ? '' : `: “${decision.comment}”`;
    return { tone, text: `${decision.verdict} by ${decision.approver}${comment}` };
  }
  const by = request.supersededBy === undefined ? '' : ` by release ${request.supersededBy}`;
  const why = (request.outdatedBy ?? []).map((line) => `\n  ${line}`).join('');
  return { tone, text: `the approval request is ${request.status}${by}${why}` };
}

/** What a stage tells beyond the facts that stand beside it. */
const stageFacts: Readonly<Record<PromotionStage, ((promotion: Promotion) => Facts) | undefined>> = {
  planning: () => ({ tone: 'plain', text: 'plans what would change' }),
  // Told by the approval request.
  'awaiting-approval': undefined,
  'awaiting-target': () => ({
    tone: 'waiting',
    text: 'waits for its turn',
  }),
  deploying: () => ({ tone: 'plain', text: 'applies' }),
  'rolling-back': ({ rollbackToRelease }) => ({
    tone: 'bad',
    text: `rolls back${rollbackToRelease === undefined ? '' : ` to release ${rollbackToRelease}`}`,
  }),
  // Told by the outcome.
  ended: undefined,
};

function outcomeFacts({ outcome, supersededBy, rollbackFailure }: Promotion): Facts | undefined {
  if (outcome === undefined) return undefined;
  const by = supersededBy === undefined ? '' : ` by release ${supersededBy}`;
  const residue = rollbackFailure === undefined ? '' : `\n  rolling back failed: ${rollbackFailure.message}`;
  return { tone: toneOf(outcome), text: `${outcomeText[outcome]}${by}${residue}` };
}

function toneOf(outcome: keyof typeof outcomeText): Tone {
  if (outcome === 'promoted' || outcome === 'unchanged' || outcome === 'succeeded') return 'good';
  return outcome.startsWith('failed') || outcome === 'rejected' || outcome === 'expired' ? 'bad' : 'waiting';
}

function promotionMilestones({
  promotion,
  requests,
  changes,
  willNotStart = [],
}: PromotionView): Milestone[] {
  const { environment, attempt, stage, progress, failure } = promotion;
  const found: Milestone[] = [];
  const tell = (id: string, facts: Facts | undefined) => {
    if (facts === undefined) return;
    found.push({ id: `${environment}/${attempt}/${id}`, environment, attempt, ...facts });
  };
  if (stage === 'planning') tell('stage/planning', stageFacts.planning?.(promotion));
  if (changes !== undefined) {
    tell(`plan/${promotion.plan?.digest ?? ''}`, {
      tone: willNotStart.length === 0 ? 'plain' : 'bad',
      text: [
        `the plan: ${changesText(changes)}`,
        ...willNotStart.map((line) => `  will not start: ${line}`),
      ].join('\n'),
    });
  }
  for (const request of requests) tell(`request/${request.round}/${request.status}`, requestFacts(request));
  if (failure !== undefined) tell('failure', { tone: 'bad', text: `failed: ${failure.message}` });
  if (stage !== 'planning') tell(`stage/${stage}`, stageFacts[stage]?.(promotion));
  if (progress !== undefined && stage !== 'ended') {
    const text = progressText(progress);
    tell(`progress/${stage}/${text}`, { tone: 'quiet', text: `${text}${waitText(progress)}` });
  }
  for (const text of progress?.warnings ?? [])
    tell(`warning/${text}`, { tone: 'waiting', text: `warning: ${text}` });
  for (const remedy of progress?.remedied ?? [])
    tell(`remedy/${remedy.pod.uid}`, { tone: 'waiting', text: remedyText(remedy) });
  tell('outcome', outcomeFacts(promotion));
  return found;
}

/** Everything that has happened to a release by now, in the order of telling. */
export function milestones({ release, promotions }: ReleaseView): Milestone[] {
  const found: Milestone[] = [
    {
      id: 'received',
      tone: 'plain',
      text: `release ${release.release} of ${release.application} is received`,
    },
    ...promotions.flatMap(promotionMilestones),
  ];
  const { outcome, failure, supersededBy } = release;
  const toldAlready = promotions.some(({ promotion }) => promotion.failure?.message === failure?.message);
  if (failure !== undefined && !toldAlready) {
    found.push({ id: 'failure', tone: 'bad', text: `failed: ${failure.message}` });
  }
  if (outcome !== undefined) {
    const by = supersededBy === undefined ? '' : ` by release ${supersededBy}`;
    const text = `release ${release.release} of ${release.application}: ${outcomeText[outcome]}${by}`;
    found.push({ id: 'outcome', tone: toneOf(outcome), text });
  }
  return found;
}
