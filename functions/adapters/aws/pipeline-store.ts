import { GetParametersCommand, type Parameter, type SSMClient } from '@aws-sdk/client-ssm';
import { unlessThrottled } from '#adapters/aws/throttling.ts';
import { PipelineInvalidError } from '#domain/errors.ts';
import {
  environmentParameterName,
  missingEnvironment,
  parsePipelineIndex,
  pipelineFromParameters,
  pipelineParameterName,
} from '#domain/pipeline-parameters.ts';
import type { PipelinePins } from '#domain/release.ts';
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

  /** The pipeline out of the parameters that `selector` names: newest ones, or pinned ones. */
  async function load(application: string, selector: (name: string) => string) {
    const indexName = pipelineParameterName(prefix, application);
    const listed = (await read([selector(indexName)])).get(indexName);
    if (listed === undefined) return undefined;
    const index = parsePipelineIndex(listed, application);
    const names = index.environments.map((environment) => ({
      environment,
      name: environmentParameterName(prefix, application, environment),
    }));
    const found = await read(names.map(({ name }) => selector(name)));
    const missing = names.find(({ name }) => !found.has(name));
    if (missing !== undefined) throw missingEnvironment(prefix, application, missing.environment);
    const pipeline = pipelineFromParameters(prefix, index, [...found.values()]);
    const pins = Object.fromEntries([listed, ...found.values()].map(({ name, version }) => [name, version]));
    return { pipeline, pins };
  }

  return {
    newest: (application) => load(application, (name) => name),

    async pinned(application: string, pins: PipelinePins) {
      const loaded = await load(application, (name) => {
        const version = pins[name];
        if (version !== undefined) return `${name}:${version}`;
        throw new PipelineInvalidError(
          `parameter "${name}" has no version pinned; release the bundle again`,
          {
            parameter: name,
          },
        );
      });
      if (loaded !== undefined) return loaded.pipeline;
      const name = pipelineParameterName(prefix, application);
      throw new PipelineInvalidError(
        `parameter "${name}" no longer has version ${pins[name]}; release the bundle again`,
        { parameter: name },
      );
    },
  };
}
