import type { Command } from 'commander';
import type { CommandContext } from '../commands/context.ts';
import type { ExitCode } from '../exit-codes.ts';
import type { TargetFlags } from '../target/resolve.ts';

/** The flags that every command takes. */
export interface GlobalFlags extends TargetFlags {
  readonly json?: boolean;
  /** False for `--no-color`. */
  readonly color: boolean;
}

/** How the program runs a command: `work` gets its context and answers the exit code. */
export type Run = (command: Command, work: (context: CommandContext) => Promise<ExitCode>) => Promise<void>;

/** Examples under a help text. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ tidegate ${line}`)].join('\n');
}
