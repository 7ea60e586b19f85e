import { readFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import type { Pipeline } from '#domain/pipeline.ts';
import { parsePipeline } from '#domain/pipeline-document.ts';
import { pipelineParameters } from '#domain/pipeline-parameters.ts';
import { type ApproverSubscription, subscribeApprovers } from '../aws/approvers.ts';
import { type Parameter, parametersBelow, putParameters } from '../aws/pipelines.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { columns } from '../output/table.ts';
import type { Target } from '../target/target.ts';
import { type CommandContext, reach } from './context.ts';

/** A pipeline that was put. */
export interface PutPipeline {
  readonly pipeline: Pipeline;
  readonly parameters: readonly Parameter[];
  readonly approvers: readonly ApproverSubscription[];
}

/** Reads, checks and stores a pipeline document, and subscribes its approvers. */
export async function putPipeline(target: Target, file: string): Promise<PutPipeline> {
  const text = await readFile(file, 'utf8').catch((error: NodeJS.ErrnoException) => {
    throw new RefusedError(`${file} cannot be read (${error.code})`);
  });
  const pipeline = parsePipeline(text, file);
  const prefix = target.stack.PipelineParameterPrefix;
  const existing = await parametersBelow(target, `${prefix}/${pipeline.application}`);
  const parameters = await putParameters(target, pipelineParameters(prefix, pipeline), existing);
  const approvers = pipeline.environments.flatMap((environment) => environment.approval?.approvers ?? []);
  return { pipeline, parameters, approvers: await subscribeApprovers(target, approvers) };
}

/** Puts a pipeline and says who must still confirm a subscription. */
export async function pipelinePut(context: CommandContext, file: string): Promise<ExitCode> {
  const { output, world } = context;
  const target = await reach(context);
  const put = await putPipeline(target, resolve(world.cwd, file));
  const { pipeline, parameters, approvers } = put;
  output.line(
    `Pipeline of ${pipeline.application}: ${pipeline.environments.map(({ name }) => name).join(' → ')}`,
  );
  for (const line of columns(parameters.map(({ name, version }) => [name, `version ${version ?? '?'}`]))) {
    output.line(`  ${line}`);
  }
  for (const line of columns(approvers.map(({ approver, state }) => [approver, state])))
    output.line(`  ${line}`);
  const waiting = approvers.filter(({ state }) => state !== 'confirmed').map(({ approver }) => approver);
  if (waiting.length > 0) {
    output.line(`Must still confirm by the link in the mail from AWS: ${waiting.join(', ')}`, 'waiting');
    output.line(
      'Nobody is asked for approval before that; an unconfirmed subscription is dropped after 48 hours.',
    );
  }
  output.record(put);
  return exitCodes.ok;
}
