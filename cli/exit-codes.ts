import type { PromotionOutcome, ReleaseOutcome } from '#domain/outcome.ts';

/** What the process's exit code says. The table of docs/cli.md; a test holds the two together. */
export const exitCodes = {
  ok: 0,
  failed: 1,
  usage: 2,
  rejected: 3,
  expired: 4,
  overtaken: 5,
  timedOut: 6,
  unreachable: 7,
  interrupted: 130,
} as const;
export type ExitName = keyof typeof exitCodes;
export type ExitCode = (typeof exitCodes)[ExitName];

/** One line per exit code, for help texts and documentation. */
export const exitCodeMeanings: Readonly<Record<ExitName, string>> = {
  ok: 'done; the release succeeded, or there was nothing to change',
  failed: 'the release failed or was refused, or what was asked for cannot be done',
  usage: 'the command line is wrong',
  rejected: 'an approver rejected it',
  expired: 'nobody decided in time',
  overtaken: 'superseded by a newer release, outdated by other changes, or withdrawn',
  timedOut: 'stopped following after --timeout; the release goes on',
  unreachable: 'the laptop cloud or AWS cannot be reached, or is not set up',
  interrupted: 'interrupted; a release that was followed goes on',
};

const codeOfOutcome: Readonly<Record<PromotionOutcome | ReleaseOutcome, ExitCode>> = {
  succeeded: exitCodes.ok,
  promoted: exitCodes.ok,
  unchanged: exitCodes.ok,
  rejected: exitCodes.rejected,
  expired: exitCodes.expired,
  superseded: exitCodes.overtaken,
  outdated: exitCodes.overtaken,
  withdrawn: exitCodes.overtaken,
  'failed-rolled-back': exitCodes.failed,
  'failed-not-rolled-back': exitCodes.failed,
  'failed-nothing-applied': exitCodes.failed,
};

/** The exit code for how a release or a promotion ended. */
export function exitCodeOfOutcome(outcome: PromotionOutcome | ReleaseOutcome): ExitCode {
  return codeOfOutcome[outcome];
}

/** The table as it stands under `tidegate --help`. */
export function exitCodeHelp(): string {
  const rows = Object.entries(exitCodes).map(
    ([name, code]) => `  ${String(code).padStart(3)}  ${exitCodeMeanings[name as ExitName]}`,
  );
  return ['Exit codes:', ...rows].join('\n');
}
