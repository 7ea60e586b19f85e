import type { ApprovalRequest } from '#domain/approval.ts';
import type { ReleaseView } from '#domain/view.ts';
import { decide, type PersonDecision } from '../approve/decide.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import { printMail } from '../commands/mail.ts';
import { pushBundle } from '../commands/push.ts';
import { example } from '../events/seed.ts';
import { follow, releaseEnded } from '../follow/follow.ts';
import { pause } from '../follow/pause.ts';
import { createProgress } from '../follow/progress.ts';
import { type ApprovalInvitation, newestInvitation } from '../mail/approval-mail.ts';
import { readMailbox } from '../mail/mailbox.ts';
import type { Stage } from './stage.ts';

/** One release of the demo. */
export interface ReleaseScene {
  /** Folder below `examples/`. */
  readonly bundle: string;
  /** What is decided when it is asked for; `person`: whoever reads the mail decides in a browser. */
  readonly verdict: PersonDecision['verdict'] | 'person';
  readonly comment: string;
  readonly showsMail: boolean;
}

/** How a release of the demo ended, and the link that was decided by. */
export interface ReleasePlayed {
  readonly view: ReleaseView;
  readonly invitation?: ApprovalInvitation;
}

/** Longer than any scene takes, short enough for a demo that hangs to end by itself. */
const sceneSeconds = 60;

function pendingRequest({ promotions }: ReleaseView): ApprovalRequest | undefined {
  return promotions.flatMap(({ requests }) => requests).find(({ status }) => status === 'pending');
}

async function invitationTo(stage: Stage, request: ApprovalRequest): Promise<ApprovalInvitation> {
  return newestInvitation(await readMailbox(stage.target.cloud.mailbox), request);
}

async function play({ output }: Stage, scene: ReleaseScene, invitation: ApprovalInvitation): Promise<void> {
  const verdict = scene.verdict as PersonDecision['verdict'];
  output.line(
    `          The demo plays ${invitation.approver}: opens the mail’s link and posts the page’s form (${verdict}).`,
  );
  await decide({ verdict, comment: scene.comment, link: invitation.link, code: invitation.code });
}

function invite({ output }: Stage, invitation: ApprovalInvitation): void {
  output.line(`You are ${invitation.approver}. Open this link in your browser and decide there:`, 'waiting');
  output.line(`  ${invitation.link}`, 'waiting');
  output.line(`  Decision code: ${invitation.code}`, 'waiting');
  output.line('The demo waits for your decision. Ctrl-C ends it.');
}

/** Pushes a bundle, follows it, sees to the decision, follows it to the end. */
export async function playRelease(stage: Stage, scene: ReleaseScene): Promise<ReleasePlayed> {
  const { target, output, world } = stage;
  const { bundle } = await pushBundle(target, example(scene.bundle));
  output.line(`Uploaded s3://${bundle.bucket}/${bundle.key}`);
  const begunAt = performance.now();
  const progress = createProgress(output);
  const until = (isOver: (view: ReleaseView) => boolean, timeoutSeconds: number | undefined) =>
    follow({
      show: (input) => showRelease(target, input),
      question: { kind: 'upload', bundle },
      progress,
      intervalMilliseconds: 200,
      interruption: world.interruption,
      isOver,
      begunAt,
      ...(timeoutSeconds === undefined ? {} : { timeoutSeconds }),
    });
  let invitation: ApprovalInvitation | undefined;
  for (;;) {
    const view = await until(
      (seen) => releaseEnded(seen) || pendingRequest(seen) !== undefined,
      sceneSeconds,
    );
    if (releaseEnded(view)) return invitation === undefined ? { view } : { view, invitation };
    const request = pendingRequest(view);
    if (request === undefined) throw new RefusedError('the release waits for nobody and has not ended');
    invitation = await mailFor(stage, request);
    if (scene.showsMail) showMail(stage, invitation);
    if (scene.verdict === 'person') invite(stage, invitation);
    else await play(stage, scene, invitation);
    const isDecided = (seen: ReleaseView) =>
      pendingRequest(seen)?.round !== request.round || releaseEnded(seen);
    await until(isDecided, scene.verdict === 'person' ? undefined : sceneSeconds);
  }
}

/** The request is in the ledger a moment before its mail is in the mailbox. */
async function mailFor(stage: Stage, request: ApprovalRequest): Promise<ApprovalInvitation> {
  const deadline = performance.now() + 10_000;
  for (;;) {
    try {
      return await invitationTo(stage, request);
    } catch (error) {
      if (!(error instanceof RefusedError) || performance.now() > deadline) throw error;
      await pause(100, stage.world.interruption);
    }
  }
}

function showMail({ output }: Stage, { mail }: ApprovalInvitation): void {
  output.line();
  output.line(`┌─ the mail in ${mail.file}`);
  printMail(output, mail);
  output.line('└─');
}
