import type { Pipeline } from '#domain/pipeline.ts';
import {
  environmentParameterName,
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
  const read = (name: string) => {
    const versions = parameters.get(name) ?? [];
    const value = versions.at(-1);
    return value === undefined ? undefined : { name, value, version: versions.length };
  };
  const putParameter = (name: string, value: string): void => {
    parameters.set(name, [...(parameters.get(name) ?? []), value]);
  };

  return {
    put: (pipeline) => {
      for (const { name, value } of pipelineParameters(prefix, pipeline)) putParameter(name, value);
    },
    putParameter,
    remove: (name) => void parameters.delete(name),
    async newest(application) {
      const listed = read(pipelineParameterName(prefix, application));
      if (listed === undefined) return undefined;
      const index = parsePipelineIndex(listed, application);
      const found = index.environments.map((environment) => {
        const parameter = read(environmentParameterName(prefix, application, environment));
        if (parameter === undefined) throw missingEnvironment(prefix, application, environment);
        return parameter;
      });
      const pins = Object.fromEntries([listed, ...found].map(({ name, version }) => [name, version]));
      return { pipeline: pipelineFromParameters(prefix, index, found), pins };
    },
  };
}
