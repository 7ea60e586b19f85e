import type { Command } from 'commander';
import { port } from './arguments.ts';
import { examples, type Run } from './command.ts';

/** Adds the commands of the laptop cloud. */
export function addLocalCommands(program: Command, run: Run): void {
  const local = program.command('local').description('the laptop cloud: AWS and a cluster on this machine');
  local
    .command('up')
    .description('start it; Ctrl-C stops it')
    .option('--port <port>', 'its port on 127.0.0.1; 0 for any free one', port, 0)
    .option('--kube-context <name>', 'a cluster of your own kubeconfig in place of the laptop cluster')
    .option('--detach', 'let it run on and return when it is ready', false)
    .addHelpText(
      'after',
      examples('local up', 'local up --detach --port 4566', 'local up --kube-context kind-dev'),
    )
    .action((options: { port: number; kubeContext?: string; detach: boolean }, command) =>
      run(command, async (context) => (await import('../commands/local-up.ts')).localUp(context, options)),
    );
  local
    .command('down')
    .description('stop it')
    .addHelpText('after', examples('local down'))
    .action((_, command) =>
      run(command, async (context) => (await import('../commands/local-down.ts')).localDown(context)),
    );
  local
    .command('status')
    .description('whether it runs, and where; exit code 7 when not')
    .addHelpText('after', examples('local status', 'local status --json'))
    .action((_, command) =>
      run(command, async (context) => (await import('../commands/local-status.ts')).localStatus(context)),
    );
  local
    .command('invoke')
    .description('invoke one function of the template, as sam local invoke does')
    .argument('<function>', 'its logical id in the template, e.g. StartRelease or StartReleaseFunction')
    .requiredOption('-e, --event <file>', 'the event, a JSON file')
    .addHelpText('after', examples('local invoke StartRelease -e events/start-release.json'))
    .action((name, { event }: { event: string }, command) =>
      run(command, async (context) =>
        (await import('../commands/local-invoke.ts')).localInvoke(context, name, event),
      ),
    );
  local
    .command('event')
    .description('print an event file with its placeholders filled')
    .argument('<file>', 'the event, a JSON file')
    .addHelpText('after', examples('local event events/start-release.json'))
    .action((file, _, command) =>
      run(command, async (context) =>
        (await import('../commands/local-invoke.ts')).localEvent(context, file),
      ),
    );
}
