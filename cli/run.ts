import { readFileSync } from 'node:fs';
import { type Command, CommanderError } from 'commander';
import { TidegateError } from '#domain/errors.ts';
import { CliError, InterruptedError } from './cli-error.ts';
import type { CommandContext } from './commands/context.ts';
import { type ExitCode, exitCodes } from './exit-codes.ts';
import { createOutput, printable } from './output/output.ts';
import { wantsColour } from './output/palette.ts';
import type { GlobalFlags } from './program/command.ts';
import { createProgram } from './program/program.ts';
import type { World } from './world.ts';

function packageVersion(): string {
  const text = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(text) as { version: string }).version;
}

/** Names under which SDKs and Node report that nothing answers, or that nobody is signed in. */
const unreachable =
  /^(ECONNREFUSED|ECONNRESET|ENOTFOUND|ETIMEDOUT|TimeoutError|CredentialsProviderError|TokenProviderError|ExpiredToken(Exception)?|UnrecognizedClientException|InvalidClientTokenId|AccessDenied(Exception)?)$/;

/** The exit code that an error ends the process with. */
export function exitCodeOfError(error: unknown): ExitCode {
  if (error instanceof CliError) return error.exitCode;
  const { name, code } = error as NodeJS.ErrnoException;
  return unreachable.test(code ?? '') || unreachable.test(name) ? exitCodes.unreachable : exitCodes.failed;
}

function textOf(error: unknown): string {
  if (error instanceof CliError || error instanceof TidegateError) return error.message;
  const { name, message } = error as Error;
  return `${name}: ${message}`;
}

function contextOf(command: Command, world: World): CommandContext {
  const flags = command.optsWithGlobals<GlobalFlags>();
  const { stdout, stderr, env } = world;
  const coloured = wantsColour(stdout.isTTY === true, flags.color, env);
  return { world, flags, output: createOutput({ stdout, stderr, json: flags.json === true, coloured }) };
}

/** Makes parse errors and help texts go to the world's streams, for a command and all below it. */
function tame(command: Command, { stdout, stderr }: World): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => void stdout.write(text),
    writeErr: (text) => void stderr.write(text),
    getOutHasColors: () => false,
    getErrHasColors: () => false,
  });
  for (const child of command.commands) tame(child, { stdout, stderr } as World);
}

/** Runs one command line. Answers the exit code; never throws. */
export async function run(args: readonly string[], world: World): Promise<ExitCode> {
  let exitCode: ExitCode = exitCodes.ok;
  const program = createProgram(async (command, work) => {
    const context = contextOf(command, world);
    try {
      exitCode = await work(context);
    } catch (thrown) {
      // What fails because everything is being stopped is no failure of its own.
      const error = world.interruption.aborted
        ? new InterruptedError('interrupted', { cause: thrown })
        : thrown;
      exitCode = exitCodeOfError(error);
      context.output.clearLive();
      world.stderr.write(`tidegate: ${printable(textOf(error)).replaceAll('\n', '\n  ')}\n`);
      context.output.record({ error: { name: (error as Error).name, message: textOf(error) }, exitCode });
    }
  }, packageVersion());
  tame(program, world);
  try {
    await program.parseAsync(args, { from: 'user' });
    return exitCode;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  }
}
