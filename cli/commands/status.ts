import { isFailure, outcomeText } from '#domain/outcome.ts';
import type { EnvironmentView, ReleaseView, ShowReleaseResult } from '#domain/view.ts';
import { parametersBelow } from '../aws/pipelines.ts';
import { showRelease } from '../aws/releases.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { pause } from '../follow/pause.ts';
import { currentText } from '../follow/words.ts';
import { timeText } from '../output/elapsed.ts';
import type { Output } from '../output/output.ts';
import { columns } from '../output/table.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';

type ApplicationStatus = Extract<ShowReleaseResult, { kind: 'application' }>;

function environmentRow({ environment, release, promotedAt, held }: EnvironmentView): readonly string[] {
  const what = release === undefined ? 'nothing yet' : `release ${release}`;
  const since = promotedAt === undefined ? '' : `since ${timeText(promotedAt)}`;
  return held === undefined ? [environment, what, since] : [environment, what, since, held];
}

function releaseRow(view: ReleaseView): readonly string[] {
  const { release, outcome, receivedAt, failure, supersededBy } = view.release;
  const by = supersededBy === undefined ? '' : ` by release ${supersededBy}`;
  const how = outcome === undefined ? currentText(view) : `${outcomeText[outcome]}${by}`;
  // A failure stands beside an outcome that is one: what was merely withdrawn may have noted one on the way.
  const isFailed = outcome !== undefined && isFailure(outcome);
  const failures = isFailed ? view.promotions.map(({ promotion }) => promotion.failure) : [];
  const cause = failure ?? failures.findLast((found) => found !== undefined);
  return [
    `${release}`,
    timeText(receivedAt),
    cause === undefined ? how : `${how}: ${cause.message.split('\n')[0]}`,
  ];
}

/** The status of one application as lines. */
export function statusLines({ application, environments, releases }: ApplicationStatus): string[] {
  const indent = (line: string) => `  ${line}`;
  return [
    application,
    ...columns(environments.map(environmentRow)).map(indent),
    releases.length === 0 ? '  no release yet' : '  releases:',
    ...columns(releases.map(releaseRow)).map((line) => indent(indent(line))),
  ];
}

/** Applications that have a pipeline, by name. */
async function knownApplications(target: Target): Promise<readonly string[]> {
  const prefix = target.stack.PipelineParameterPrefix;
  const names = (await parametersBelow(target, prefix)).map(
    ({ name }) => name.slice(prefix.length + 1).split('/')[0] ?? '',
  );
  return [...new Set(names)].sort();
}

async function read(target: Target, application: string): Promise<ApplicationStatus> {
  const answer = await showRelease(target, { kind: 'application', application });
  if (answer.kind === 'application' && answer.releases.length + answer.environments.length > 0) return answer;
  throw new RefusedError(
    `application "${application}" is unknown: add its pipeline with "tidegate pipeline put FILE"`,
  );
}

function print(output: Output, statuses: readonly ApplicationStatus[]): void {
  for (const status of statuses) {
    for (const line of statusLines(status)) output.line(line);
  }
  if (statuses.length === 0) output.line('No application yet: add one with "tidegate pipeline put FILE".');
  output.record(statuses.length === 1 ? statuses[0] : statuses);
}

/** Shows what is where and what is under way, of one application or of all. */
export async function status(
  context: CommandContext,
  application: string | undefined,
  options: { readonly watch: boolean },
): Promise<ExitCode> {
  const { output, world } = context;
  const target = await reach(context);
  let shown = '';
  for (;;) {
    const names = application === undefined ? await knownApplications(target) : [application];
    const statuses: ApplicationStatus[] = [];
    for (const name of names) statuses.push(await read(target, name));
    const text = JSON.stringify(statuses);
    // Watching prints the whole again at each change: it reads the same in a terminal and in a log.
    if (text !== shown) print(output, statuses);
    shown = text;
    if (!options.watch) return exitCodes.ok;
    await pause(target.kind === 'laptop' ? 500 : 3000, world.interruption);
  }
}
