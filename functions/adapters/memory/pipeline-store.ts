import { PipelineInvalidError } from '#domain/errors.ts';
import type { Pipeline } from '#domain/pipeline.ts';
import {
  missingEnvironment,
  parsePipelineIndex,
  pipelineFromParameters,
  pipelineParameterName,
  pipelineParameters,
} from '#domain/pipeline-parameters.ts';
import type { PipelineStore } from '#ports/pipeline-store.ts';

/** Pipelines in this process, kept as the same parameters as in Parameter Store. */
export interface MemoryPipelineStore extends PipelineStore {
  put(pipeline: Pipeline): void;
  putParameter(name: string, value: string): void;
  remove(name: string): void;
}

export function createMemoryPipelineStore({ prefix = '/tidegate' } = {}): MemoryPipelineStore {
  /** Per name, version n at n − 1. */
  const parameters = new Map<string, string[]>();
  const read = (name: string, version?: number) => {
    const versions = parameters.get(name) ?? [];
    const number = version ?? versions.length;
    const value = versions[number - 1];
    return value === undefined ? undefined : { name, value, version: number };
  };

  function load(application: string, versionOf: (name: string) => number | undefined) {
    const indexName = pipelineParameterName(prefix, application);
    const listed = read(indexName, versionOf(indexName));
    if (listed === undefined) return undefined;
    const index = parsePipelineIndex(listed, application);
    const found = index.environments.map((environment) => {
      const name = `${prefix}/${application}/environments/${environment}`;
      const parameter = read(name, versionOf(name));
      if (parameter === undefined) throw missingEnvironment(prefix, application, environment);
      return parameter;
    });
    const pins = Object.fromEntries([listed, ...found].map(({ name, version }) => [name, version]));
    return { pipeline: pipelineFromParameters(prefix, index, found), pins };
  }

  const putParameter = (name: string, value: string): void => {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  };

  return {
    put: (pipeline) => {
      for (const { name, value } of pipelineParameters(prefix, pipeline)) putParameter(name, value);
    },
    putParameter,
    remove: (name) => void parameters.delete(name),
    newest: async (application) => load(application, () => undefined),
    pinned: async (application, pins) => {
      const loaded = load(application, (name) => pins[name] ?? 0);
      if (loaded !== undefined) return loaded.pipeline;
      const name = pipelineParameterName(prefix, application);
      throw new PipelineInvalidError(`parameter "${name}" no longer has version ${pins[name]}`, {
        parameter: name,
      });
    },
  };
}
