import { RefusedError } from '../cli-error.ts';
import type { Mail } from './mailbox.ts';

/** What an approver needs of the mail to decide. */
export interface ApprovalInvitation {
  readonly approver: string;
  readonly link: string;
  /** As printed in the mail. */
  readonly code: string;
  readonly mail: Mail;
}

/** The link to an approval page, `…/a/<link id>?k=<secret>`, on a line of its own. */
const linkPattern = /^https?:\/\/\S+\/a\/[A-Za-z0-9_-]+\?k=[A-Za-z0-9_-]+$/m;
const codePattern = /^Decision code: ([0-9A-Za-z-]+)$/m;

/** Link and code of a mail; undefined when it is no invitation to decide. */
export function invitationOf(mail: Mail): ApprovalInvitation | undefined {
  const text = mail.text.replaceAll('\r\n', '\n');
  const link = linkPattern.exec(text)?.[0];
  const code = codePattern.exec(text)?.[1];
  const approver = mail.to[0];
  return link === undefined || code === undefined || approver === undefined
    ? undefined
    : { approver, link, code, mail };
}

/** Which mail is looked for. */
export interface InvitationQuery {
  readonly application: string;
  readonly release: number;
  readonly environment: string;
  /** Absent: whoever was asked last. */
  readonly approver?: string;
}

/** The subject names all three; whole words, so that release 1 does not find the mail of release 12. */
function concerns({ subject }: Mail, { application, release, environment }: InvitationQuery): boolean {
  return subject.includes(` ${application} release ${release} to ${environment}:`);
}

/** The newest mail that asks for a decision on this release and environment. Throws RefusedError when there is none. */
export function newestInvitation(mails: readonly Mail[], query: InvitationQuery): ApprovalInvitation {
  const invitations = mails
    .filter((mail) => concerns(mail, query))
    .flatMap((mail) => invitationOf(mail) ?? [])
    .filter(
      ({ approver }) =>
        query.approver === undefined || approver.toLowerCase() === query.approver.toLowerCase(),
    );
  const newest = invitations.at(-1);
  if (newest !== undefined) return newest;
  const { application, release, environment, approver } = query;
  const whom = approver === undefined ? '' : ` to ${approver}`;
  throw new RefusedError(
    `no mail${whom} asks for a decision on ${application} ${release} in ${environment}: see "tidegate mail"`,
  );
}
