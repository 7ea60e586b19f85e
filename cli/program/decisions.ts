import type { Command } from 'commander';
import { positiveInteger } from './arguments.ts';
import { examples, type Run } from './command.ts';

interface DecisionFlags {
  readonly environment: string;
  readonly comment: string;
  readonly as?: string;
  readonly link?: string;
  readonly code?: string;
}

const verbs = [
  { verb: 'approve', verdict: 'approved', description: 'agree to what would change' },
  { verb: 'reject', verdict: 'rejected', description: 'refuse what would change; nothing is changed' },
] as const;

/** Adds the commands around approvals. */
export function addDecisionCommands(program: Command, run: Run): void {
  for (const { verb, verdict, description } of verbs) {
    program
      .command(verb)
      .description(`${description}, on the approval page as a browser would`)
      .argument('<application>')
      .argument('<release>', 'its number', positiveInteger)
      .requiredOption('--environment <name>', 'for which environment')
      .option('--comment <text>', 'why; needed to reject', '')
      .option('--as <email>', 'whose mail to use on the laptop; the newest one when left out')
      .option('--link <url>', 'the link from the mail (AWS: the mail is yours alone)')
      .option('--code <code>', 'the decision code from the mail')
      .addHelpText(
        'after',
        examples(
          `${verb} hello 2 --environment production --comment "seen in staging"`,
          `${verb} hello 2 --environment production --comment "ok" --link https://… --code ABCD-2345`,
        ),
      )
      .action((application, release, { as: approver, ...flags }: DecisionFlags, command) =>
        run(command, async (context) =>
          (await import('../commands/decide.ts')).decideCommand(context, {
            application,
            release,
            verdict,
            ...flags,
            ...(approver === undefined ? {} : { approver }),
          }),
        ),
      );
  }
  addMailCommands(program, run);
}

function addMailCommands(program: Command, run: Run): void {
  const mail = program.command('mail').description('the mailbox of the laptop cloud');
  mail
    .command('list', { isDefault: true })
    .description('list the mails, oldest first')
    .option('--open <number>', 'show this one', positiveInteger)
    .addHelpText('after', examples('mail', 'mail --open 1'))
    .action(({ open }: { open?: number }, command) =>
      run(command, async (context) =>
        (await import('../commands/mail.ts')).mail(
          context,
          open === undefined ? { kind: 'list' } : { kind: 'show', number: open },
        ),
      ),
    );
  mail
    .command('show')
    .description('show a mail')
    .argument('[number]', 'the newest one when left out', positiveInteger)
    .addHelpText('after', examples('mail show', 'mail show 1'))
    .action((number: number | undefined, _, command) =>
      run(command, async (context) =>
        (await import('../commands/mail.ts')).mail(context, {
          kind: 'show',
          ...(number === undefined ? {} : { number }),
        }),
      ),
    );
}
