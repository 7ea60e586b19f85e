import { canonicalJson } from '#domain/canonical-json.ts';
import { type Pipeline, pipelineSchema } from '#domain/pipeline.ts';
import { parameterBytes } from '#domain/pipeline-parameters.ts';

const environment = (name: string, region: string) => ({
  name,
  cluster: { name: 'c', region },
  namespace: name,
});

const pipelineOf = (application: string, environments: readonly object[]): Pipeline =>
  pipelineSchema.parse({ apiVersion: 'tidegate.dev/v1', kind: 'Pipeline', application, environments });

export const bytesOf = (pipeline: Pipeline): number => Buffer.byteLength(canonicalJson(pipeline));

/** A pipeline whose canonical JSON has exactly this many bytes. */
export function pipelineOfBytes(application: string, bytes: number): Pipeline {
  const padded = (region: string) => pipelineOf(application, [environment('staging', region)]);
  return padded('x'.repeat(bytes - bytesOf(padded(''))));
}

/** As much as Parameter Store can hold for one application: each environment fills its parameter, defaults left out. */
export function largestPipeline(application: string): Pipeline {
  const environments = [...'abcdefghij'].map((name) => {
    const spare = parameterBytes - JSON.stringify(environment(name, '')).length;
    return environment(name, 'x'.repeat(spare));
  });
  return pipelineOf(application, environments);
}
