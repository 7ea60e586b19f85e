import { Command } from 'commander';
import { exitCodeHelp } from '../exit-codes.ts';
import { examples, type Run } from './command.ts';
import { addDecisionCommands } from './decisions.ts';
import { addLocalCommands } from './local.ts';
import { addReleaseCommands } from './releases.ts';

/** Gives a command and all below it the flags that say where and how. */
function addGlobalFlags(command: Command): void {
  if (command.commands.length > 0) {
    for (const child of command.commands) addGlobalFlags(child);
    return;
  }
  command
    .option('--json', 'print JSON for programs')
    .option('--no-color', 'print without colours (as NO_COLOR does)')
    .option('--target <where>', 'local, aws, or auto: a laptop cloud that runs, else AWS (TIDEGATE_TARGET)')
    .option('--local', 'the same as --target local')
    .option('--stack <name>', 'the stack in AWS (TIDEGATE_STACK; default: tidegate)')
    .option('--region <region>', 'the AWS region, before the usual chain')
    .option('--profile <profile>', 'the AWS profile, before the usual chain')
    .option('--state <folder>', 'the laptop cloud’s folder (TIDEGATE_STATE; default: .tidegate/local)');
}

/** The command line of `tidegate`. Commands load what they need only when they run. */
export function createProgram(run: Run, version: string): Command {
  const program = new Command('tidegate')
    .description(
      'Releases from an upload to production on Amazon EKS: planned, approved, watched, undone if need be.',
    )
    .version(version)
    .showHelpAfterError('Run the command with --help for its arguments and examples.')
    .addHelpText('after', `\n${exitCodeHelp()}`)
    .addHelpText(
      'after',
      examples('local up --detach', 'pipeline put examples/pipeline.yaml', 'push examples/hello/v1'),
    );
  addReleaseCommands(program, run);
  addDecisionCommands(program, run);
  addLocalCommands(program, run);
  addGlobalFlags(program);
  return program;
}
