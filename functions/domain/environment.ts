import type { EnvironmentPolicy, Pipeline } from '#domain/pipeline.ts';

/** The environment of that name, if the pipeline has it. */
export function environmentOf(pipeline: Pipeline, name: string): EnvironmentPolicy | undefined {
  return pipeline.environments.find((environment) => environment.name === name);
}
