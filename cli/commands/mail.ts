import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type Mail, readMailbox } from '../mail/mailbox.ts';
import type { Output } from '../output/output.ts';
import { columns } from '../output/table.ts';
import { type CommandContext, reach } from './context.ts';

/** What `tidegate mail` does: lists, or shows one mail. */
export type MailWish = { readonly kind: 'list' } | { readonly kind: 'show'; readonly number?: number };

/** Prints a mail as a person would read it. */
export function printMail(output: Output, mail: Mail): void {
  output.line(`From:    ${mail.from}`);
  output.line(`To:      ${mail.to.join(', ')}`);
  output.line(`Date:    ${mail.date}`);
  output.line(`Subject: ${mail.subject}`);
  output.line();
  output.line(mail.text.trimEnd());
}

/** Shows the laptop cloud's mailbox. */
export async function mail(context: CommandContext, wish: MailWish): Promise<ExitCode> {
  const { output } = context;
  const target = await reach(context);
  if (target.kind !== 'laptop') {
    throw new RefusedError(
      'only the laptop cloud has a mailbox: in AWS the mails went to the approvers themselves',
    );
  }
  const mails = await readMailbox(target.cloud.mailbox);
  if (wish.kind === 'list') {
    const rows = mails.map(({ number, date, to, subject }) => [String(number), date, to.join(', '), subject]);
    for (const line of columns(rows)) output.line(line);
    if (mails.length === 0) output.line('The mailbox is empty.');
    output.record(mails);
    return exitCodes.ok;
  }
  const found = wish.number === undefined ? mails.at(-1) : mails.find(({ number }) => number === wish.number);
  if (found === undefined) {
    const which = wish.number === undefined ? 'no mail' : `no mail ${wish.number}`;
    throw new RefusedError(`the mailbox has ${which}: it holds ${mails.length}`);
  }
  printMail(output, found);
  output.record(found);
  return exitCodes.ok;
}
