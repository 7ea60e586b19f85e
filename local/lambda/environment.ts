import { delimiter, dirname } from 'node:path';
import type { FunctionModel } from '../template/application.ts';

export interface SandboxCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface SandboxSurroundings {
  readonly model: FunctionModel;
  readonly region: string;
  /** The folder the function's code lies in. */
  readonly taskRoot: string;
  readonly endpoint: string;
  readonly credentials: SandboxCredentials;
  /** Host and port of the Runtime API. */
  readonly runtimeApi: string;
  readonly temporaryFolder: string;
  readonly logStream: string;
  /** Where compiled code is kept between sandboxes; only makes starting quicker. */
  readonly compileCacheFolder: string;
}

/** All that a sandbox sees of its surroundings. Nothing of this process's own environment is in it. */
export function sandboxEnvironment(given: SandboxSurroundings): Record<string, string> {
  const { model, region, credentials } = given;
  return {
    ...model.environment,
    _HANDLER: model.handler,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    AWS_SESSION_TOKEN: credentials.sessionToken,
    AWS_REGION: region,
    AWS_DEFAULT_REGION: region,
    AWS_ENDPOINT_URL: given.endpoint,
    AWS_EXECUTION_ENV: `AWS_Lambda_${model.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: model.name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(model.memoryMegabytes),
    AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${model.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: given.logStream,
    AWS_LAMBDA_LOG_FORMAT: model.logFormat,
    AWS_LAMBDA_RUNTIME_API: given.runtimeApi,
    LAMBDA_TASK_ROOT: given.taskRoot,
    LAMBDA_RUNTIME_DIR: dirname(process.execPath),
    // The SDKs look for settings in the home folder: the developer's own must not reach a function.
    HOME: given.temporaryFolder,
    TMPDIR: given.temporaryFolder,
    LANG: 'en_US.UTF-8',
    TZ: 'UTC',
    PATH: ['/usr/local/bin', '/usr/bin', '/bin'].join(delimiter),
    NODE_COMPILE_CACHE: given.compileCacheFolder,
  };
}
