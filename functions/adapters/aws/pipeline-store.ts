import { GetParametersCommand, type Parameter, type SSMClient } from '@aws-sdk/client-ssm';
import { unlessThrottled } from '#adapters/aws/throttling.ts';
import {
  environmentParameterName,
  missingEnvironment,
  parsePipelineIndex,
  pipelineFromParameters,
  pipelineParameterName,
} from '#domain/pipeline-parameters.ts';
import type { PipelineStore } from '#ports/pipeline-store.ts';

/** A parameter as read. */
interface Read {
  readonly name: string;
  readonly value: string;
  readonly version: number;
}

/** GetParameters takes ten names a call. */
const namesPerCall = 10;

function readOf({ Name = '', Value = '', Version = 0 }: Parameter): Read {
  return { name: Name, value: Value, version: Version };
}

/** Pipelines in Parameter Store under a prefix, as `pipelineParameters` lays them out. Needs ssm:GetParameters. */
export function createPipelineStore(ssm: SSMClient, { prefix }: { readonly prefix: string }): PipelineStore {
  async function read(names: readonly string[]): Promise<Map<string, Read>> {
    const found = new Map<string, Read>();
    for (let index = 0; index < names.length; index += namesPerCall) {
      const request = new GetParametersCommand({ Names: names.slice(index, index + namesPerCall) });
      const { Parameters = [] } = await unlessThrottled('ssm', () => ssm.send(request));
      for (const parameter of Parameters.map(readOf)) found.set(parameter.name, parameter);
    }
    return found;
  }

  return {
    async newest(application) {
      const indexName = pipelineParameterName(prefix, application);
      const listed = (await read([indexName])).get(indexName);
      if (listed === undefined) return undefined;
      const index = parsePipelineIndex(listed, application);
      const names = index.environments.map((environment) => ({
        environment,
        name: environmentParameterName(prefix, application, environment),
      }));
      const found = await read(names.map(({ name }) => name));
      const missing = names.find(({ name }) => !found.has(name));
      if (missing !== undefined) throw missingEnvironment(prefix, application, missing.environment);
      const pipeline = pipelineFromParameters(prefix, index, [...found.values()]);
      const parameters = [listed, ...found.values()];
      return { pipeline, pins: Object.fromEntries(parameters.map(({ name, version }) => [name, version])) };
    },
  };
}
