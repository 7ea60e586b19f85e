import * as z from 'zod/mini';
import { applicationName } from '#domain/application-name.ts';
import { canonicalJson } from '#domain/canonical-json.ts';
import { PipelineInvalidError } from '#domain/errors.ts';
import { readJson } from '#domain/json-document.ts';
import {
  type EnvironmentPolicy,
  environmentName,
  environmentSchema,
  type Pipeline,
} from '#domain/pipeline.ts';
import { checkPipelineDocument, pipelineRefusal } from '#domain/pipeline-check.ts';
import { environmentRules, pipelineRules } from '#domain/pipeline-rules.ts';
import type { YamlDocument } from '#domain/yaml-finding.ts';

/** One SSM parameter. */
export interface PipelineParameter {
  readonly name: string;
  readonly value: string;
}

/** What an advanced parameter holds at most (a standard one: 4 KB). */
export const parameterBytes = 8 * 1024;

/** What the application's own parameter says: which environments there are, in which order. */
const indexSchema = z.strictObject({
  apiVersion: z.literal('tidegate.dev/v1'),
  kind: z.literal('Pipeline'),
  application: applicationName,
  environments: z.array(environmentName).check(z.minLength(1), z.maxLength(10)),
});

export type PipelineIndex = z.infer<typeof indexSchema>;

/** The parameter that lists an application's environments. */
export function pipelineParameterName(prefix: string, application: string): string {
  return `${prefix.replace(/\/$/, '')}/${application}/pipeline`;
}

/** The parameter of one environment's policy. */
export function environmentParameterName(prefix: string, application: string, environment: string): string {
  return `${prefix.replace(/\/$/, '')}/${application}/environments/${environment}`;
}

function sized(parameter: PipelineParameter): PipelineParameter {
  const bytes = Buffer.byteLength(parameter.value);
  if (bytes <= parameterBytes && !parameter.value.includes('{{')) return parameter;
  const fault =
    bytes > parameterBytes
      ? `would hold ${bytes} bytes, and a parameter at most ${parameterBytes}; list fewer approvers`
      : 'would hold "{{", which Parameter Store takes for a reference; remove it';
  throw new PipelineInvalidError(`parameter "${parameter.name}" ${fault}`, {
    parameter: parameter.name,
    bytes,
  });
}

/**
 * The parameters that keep a pipeline: the environments first and the list of them last, so that whoever reads in
 * between finds either the old list or all it names. Throws PipelineInvalidError when one is over 8 KB.
 */
export function pipelineParameters(prefix: string, pipeline: Pipeline): PipelineParameter[] {
  const { application } = pipeline;
  const index: PipelineIndex = {
    apiVersion: pipeline.apiVersion,
    kind: pipeline.kind,
    application,
    environments: pipeline.environments.map(({ name }) => name),
  };
  const environments = pipeline.environments.map((policy) => ({
    name: environmentParameterName(prefix, application, policy.name),
    value: canonicalJson(policy),
  }));
  const list = { name: pipelineParameterName(prefix, application), value: canonicalJson(index) };
  return [...environments, list].map(sized);
}

/** A parameter's JSON, with each value's place as `<parameter>#/<path>`. */
function documentOf({ name, value }: PipelineParameter): YamlDocument {
  const read = readJson(name, value);
  if ('problem' in read) throw pipelineRefusal(name, [read.problem]);
  return read.document;
}

/** Reads the parameter that lists an application's environments. */
export function parsePipelineIndex(parameter: PipelineParameter, application: string): PipelineIndex {
  return checkPipelineDocument(documentOf(parameter), parameter.name, indexSchema, (index) =>
    index.application === application
      ? []
      : [{ path: ['application'], message: `is "${index.application}", not "${application}"` }],
  );
}

function parseEnvironment(parameter: PipelineParameter, application: string): EnvironmentPolicy {
  return checkPipelineDocument(documentOf(parameter), parameter.name, environmentSchema, (policy) =>
    environmentRules(application, policy),
  );
}

/**
 * The pipeline that parameters keep: the reverse of `pipelineParameters`. Throws PipelineInvalidError naming the
 * parameter that is missing or faulty.
 */
export function pipelineFromParameters(
  prefix: string,
  index: PipelineIndex,
  parameters: readonly PipelineParameter[],
): Pipeline {
  const { application } = index;
  const environments = index.environments.map((environment) => {
    const name = environmentParameterName(prefix, application, environment);
    const parameter = parameters.find((candidate) => candidate.name === name);
    if (parameter === undefined) throw missingEnvironment(prefix, application, environment);
    const policy = parseEnvironment(parameter, application);
    if (policy.name === environment) return policy;
    throw new PipelineInvalidError(
      `parameter "${name}" is for environment "${policy.name}", not "${environment}"; put the pipeline again`,
      { parameter: name },
    );
  });
  const { apiVersion, kind } = index;
  const pipeline: Pipeline = { apiVersion, kind, application, environments };
  const [problem] = pipelineRules(pipeline);
  if (problem === undefined) return pipeline;
  const source = pipelineParameterName(prefix, application);
  throw new PipelineInvalidError(`pipeline "${source}": ${problem.message}`, { source });
}

/** The error of a pipeline that names an environment nobody has described. */
export function missingEnvironment(
  prefix: string,
  application: string,
  environment: string,
): PipelineInvalidError {
  const parameter = environmentParameterName(prefix, application, environment);
  return new PipelineInvalidError(
    `pipeline "${pipelineParameterName(prefix, application)}" names environment "${environment}", but parameter "${parameter}" does not exist; put the pipeline again`,
    { environment, parameter },
  );
}
