import { type ExitCode, exitCodes } from './exit-codes.ts';

/** An error that ends a command on purpose: its message is printed as it is, its code is the process's exit code. */
export abstract class CliError extends Error {
  abstract override readonly name: string;
  abstract readonly exitCode: ExitCode;
}

/** The command line asks for something that does not make sense. */
export class UsageError extends CliError {
  override readonly name = 'UsageError';
  override readonly exitCode = exitCodes.usage;
}

/** What was asked for was refused or failed; the message says why and how to mend it. */
export class RefusedError extends CliError {
  override readonly name = 'RefusedError';
  override readonly exitCode = exitCodes.failed;
}

/** The cloud cannot be reached or is not set up as this command needs it. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError';
  override readonly exitCode = exitCodes.unreachable;
}

/** Following took longer than `--timeout`. */
export class FollowTimeoutError extends CliError {
  override readonly name = 'FollowTimeoutError';
  override readonly exitCode = exitCodes.timedOut;
}

/** The person pressed Ctrl-C, or the process was asked to end. */
export class InterruptedError extends CliError {
  override readonly name = 'InterruptedError';
  override readonly exitCode = exitCodes.interrupted;
}
