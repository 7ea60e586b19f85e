import type { ApprovalRequest } from '#domain/approval.ts';
import { decide, type PageAnswer, type PersonDecision } from '../approve/decide.ts';
import { excerpt } from '../approve/form.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError, UsageError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type InvitationQuery, newestInvitation } from '../mail/approval-mail.ts';
import { readMailbox } from '../mail/mailbox.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';

/** Options of `tidegate approve` and `tidegate reject`. */
export interface DecideOptions extends InvitationQuery {
  readonly verdict: PersonDecision['verdict'];
  readonly comment: string;
  readonly link?: string;
  readonly code?: string;
}

async function proof(target: Target, options: DecideOptions): Promise<Pick<PersonDecision, 'link' | 'code'>> {
  const { link, code } = options;
  if (link !== undefined && code !== undefined) return { link, code };
  if (link !== undefined || code !== undefined)
    throw new UsageError('--link and --code go together: both stand in the mail');
  if (target.kind !== 'laptop') {
    throw new UsageError('--link and --code are needed: copy both from the mail that you were sent');
  }
  return newestInvitation(await readMailbox(target.cloud.mailbox), options);
}

/** The newest request of a release for an environment, as the ledger holds it. */
export async function newestRequest(
  target: Target,
  { application, release, environment }: InvitationQuery,
): Promise<ApprovalRequest | undefined> {
  const answer = await showRelease(target, { kind: 'release', application, release });
  if (answer.kind !== 'release') return undefined;
  return answer.view.promotions
    .filter(({ promotion }) => promotion.environment === environment)
    .flatMap(({ requests }) => requests)
    .at(-1);
}

/** Decides on the approval page, as the person whose mail is used, and says what the ledger holds afterwards. */
export async function decideCommand(context: CommandContext, options: DecideOptions): Promise<ExitCode> {
  const { output } = context;
  if (options.verdict === 'rejected' && options.comment.trim() === '') {
    throw new UsageError('--comment is needed to reject: say why');
  }
  const target = await reach(context);
  const { verdict, comment } = options;
  const answer: PageAnswer = await decide({ verdict, comment, ...(await proof(target, options)) });
  const request = await newestRequest(target, options);
  output.record({ event: 'decided', verdict, page: answer, request });
  if (request?.status !== verdict) {
    throw new RefusedError(`the decision is not in the ledger; the page says:\n${excerpt(answer.text)}`);
  }
  const { application, release, environment } = options;
  const by = request.decision === undefined ? '' : ` by ${request.decision.approver}`;
  output.line(`Release ${release} of ${application} is ${verdict} for ${environment}${by}.`);
  return exitCodes.ok;
}
