import type { Command } from 'commander';
import { positiveInteger, seconds } from './arguments.ts';
import { examples, type Run } from './command.ts';

interface FollowFlags {
  readonly follow: boolean;
  readonly timeout?: number;
}

const timeoutOf = ({ timeout }: { readonly timeout?: number }) =>
  timeout === undefined ? {} : { timeoutSeconds: timeout };

function addFollowFlags(command: Command): Command {
  return command
    .option('--no-follow', 'start it and do not wait for its end')
    .option('--timeout <seconds>', 'stop following after so long; it goes on', seconds);
}

function addPipelineCommands(program: Command, run: Run): void {
  const pipeline = program
    .command('pipeline')
    .description('the environments of an application and who approves');
  pipeline
    .command('put')
    .description('check a pipeline, store it, and subscribe its approvers')
    .argument('<file>', 'the pipeline document')
    .addHelpText('after', examples('pipeline put examples/pipeline.yaml'))
    .action((file, _, command) =>
      run(command, async (context) =>
        (await import('../commands/pipeline-put.ts')).pipelinePut(context, file),
      ),
    );
  pipeline
    .command('show')
    .description('print the pipeline of an application')
    .argument('<application>')
    .addHelpText('after', examples('pipeline show hello', 'pipeline show hello > pipeline.yaml'))
    .action((application, _, command) =>
      run(command, async (context) =>
        (await import('../commands/pipeline-show.ts')).pipelineShow(context, application),
      ),
    );
}

function addUploadCommands(program: Command, run: Run): void {
  program
    .command('bundle')
    .description('write a folder as a bundle: the same files give the same bytes')
    .argument('<folder>', 'the folder that holds tidegate.yaml')
    .requiredOption('-o, --output <file>', 'the zip to write')
    .addHelpText('after', examples('bundle examples/hello/v1 -o hello.zip'))
    .action((folder, options: { output: string }, command) =>
      run(command, async (context) =>
        (await import('../commands/bundle.ts')).bundle(context, folder, options),
      ),
    );
  addFollowFlags(program.command('push'))
    .description('upload a bundle and follow its release to the end')
    .argument('<bundle>', 'a bundle folder, or a zip')
    .option('--application <name>', 'in place of the one that tidegate.yaml names')
    .addHelpText(
      'after',
      examples('push examples/hello/v1', 'push hello.zip --no-follow', 'push . --timeout 900 --json'),
    )
    .action((path, options: FollowFlags & { application?: string }, command) =>
      run(command, async (context) =>
        (await import('../commands/push.ts')).push(context, path, { ...options, ...timeoutOf(options) }),
      ),
    );
}

function addWatchCommands(program: Command, run: Run): void {
  program
    .command('follow')
    .description('follow a release to its end')
    .argument('<application>')
    .argument('[release]', 'its number; the newest one when left out', positiveInteger)
    .option('--timeout <seconds>', 'stop following after so long; it goes on', seconds)
    .addHelpText('after', examples('follow hello', 'follow hello 2'))
    .action((application, release: number | undefined, options: { timeout?: number }, command) =>
      run(command, async (context) =>
        (await import('../commands/follow.ts')).followCommand(context, application, {
          ...(release === undefined ? {} : { release }),
          ...timeoutOf(options),
        }),
      ),
    );
  program
    .command('status')
    .description('what is where and what is under way')
    .argument('[application]', 'all applications when left out')
    .option('--watch', 'print it again at each change', false)
    .addHelpText('after', examples('status', 'status hello --watch'))
    .action((application: string | undefined, options: { watch: boolean }, command) =>
      run(command, async (context) =>
        (await import('../commands/status.ts')).status(context, application, options),
      ),
    );
  program
    .command('stop')
    .description('stop a release; what is half done is undone')
    .argument('<application>')
    .argument('[release]', 'its number; the newest one when left out', positiveInteger)
    .addHelpText('after', examples('stop hello', 'stop hello 2'))
    .action((application, release: number | undefined, _, command) =>
      run(command, async (context) =>
        (await import('../commands/stop.ts')).stop(context, application, release),
      ),
    );
}

function addPromotionCommands(program: Command, run: Run): void {
  addFollowFlags(program.command('promote'))
    .description('put a release into an environment, by the environment’s own rules')
    .argument('<application>')
    .argument('<release>', 'its number', positiveInteger)
    .requiredOption('--environment <name>', 'where to')
    .addHelpText('after', examples('promote hello 2 --environment production'))
    .action(
      (application, release, { environment, ...options }: FollowFlags & { environment: string }, command) =>
        run(command, async (context) =>
          (await import('../commands/promotion.ts')).runPromotion(
            context,
            { application, environment, kind: 'promotion', release },
            { ...options, ...timeoutOf(options) },
          ),
        ),
    );
  addFollowFlags(program.command('rollback'))
    .description('return an environment to an earlier good release')
    .argument('<application>')
    .requiredOption('--environment <name>', 'where')
    .option('--to <release>', 'the release to return to; the last good one when left out', positiveInteger)
    .addHelpText(
      'after',
      examples('rollback hello --environment production', 'rollback hello --environment production --to 1'),
    )
    .action(
      (
        application,
        { environment, to, ...options }: FollowFlags & { environment: string; to?: number },
        command,
      ) =>
        run(command, async (context) =>
          (await import('../commands/promotion.ts')).runPromotion(
            context,
            { application, environment, kind: 'rollback', ...(to === undefined ? {} : { release: to }) },
            { ...options, ...timeoutOf(options) },
          ),
        ),
    );
}

function addHoldCommand(program: Command, run: Run): void {
  program
    .command('release-hold')
    .description('let releases go to an environment again after a rollback failed there')
    .argument('<application>')
    .requiredOption('--environment <name>', 'where')
    .addHelpText('after', examples('release-hold hello --environment production'))
    .action((application, { environment }: { environment: string }, command) =>
      run(command, async (context) =>
        (await import('../commands/release-hold.ts')).runReleaseHold(context, application, environment),
      ),
    );
}

/** Adds the commands for pipelines and releases. */
export function addReleaseCommands(program: Command, run: Run): void {
  addPipelineCommands(program, run);
  addUploadCommands(program, run);
  addWatchCommands(program, run);
  addPromotionCommands(program, run);
  addHoldCommand(program, run);
}
