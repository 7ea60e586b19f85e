import { stringify } from 'yaml';
import {
  parsePipelineIndex,
  pipelineFromParameters,
  pipelineParameterName,
} from '#domain/pipeline-parameters.ts';
import { parametersBelow } from '../aws/pipelines.ts';
import { RefusedError } from '../cli-error.ts';
import { type ExitCode, exitCodes } from '../exit-codes.ts';
import { type CommandContext, reach } from './context.ts';

/** Prints an application's pipeline as one document, ready to be edited and put again. */
export async function pipelineShow(context: CommandContext, application: string): Promise<ExitCode> {
  const { output } = context;
  const target = await reach(context);
  const prefix = target.stack.PipelineParameterPrefix;
  const parameters = await parametersBelow(target, `${prefix}/${application}`);
  const indexName = pipelineParameterName(prefix, application);
  const index = parameters.find(({ name }) => name === indexName);
  if (index === undefined) {
    throw new RefusedError(
      `application "${application}" has no pipeline: add one with "tidegate pipeline put FILE"`,
    );
  }
  const pipeline = pipelineFromParameters(prefix, parsePipelineIndex(index, application), parameters);
  output.line(stringify(pipeline).trimEnd());
  output.record({ pipeline, parameters: parameters.map(({ name, version }) => ({ name, version })) });
  return exitCodes.ok;
}
