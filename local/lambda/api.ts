import { AwsError, unknownOperation } from '../http/protocol/aws-error.ts';
import { restJsonAnswer, restJsonError } from '../http/protocol/rest-json-protocol.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../http/service.ts';
import type { FunctionModel } from '../template/application.ts';
import { LambdaServiceError } from './errors.ts';
import type { Functions, Invoked } from './functions.ts';

export interface LambdaApiOptions {
  readonly functions: Functions;
  readonly invokeSync: (functionName: string, payload: string) => Promise<Invoked>;
  /** Answers the request id. */
  readonly invokeAsync: (functionName: string, payload: string) => string;
}

type Operation = (functionName: string, request: AwsRequest) => Promise<AwsResponse> | AwsResponse;

/** Lambda's own API (REST JSON, 2015-03-31), as far as callers of functions need it. */
export function createLambdaApi(options: LambdaApiOptions): AwsService {
  const routes: readonly (readonly [method: string, path: RegExp, operation: Operation])[] = [
    [
      'POST',
      /^\/2015-03-31\/functions\/([^/]+)\/invocations$/,
      (name, request) => invoke(name, request, options),
    ],
    ['GET', /^\/2015-03-31\/functions\/?$/, () => listFunctions(options.functions)],
    [
      'GET',
      /^\/2015-03-31\/functions\/([^/]+)\/configuration$/,
      (name, request) => describe(name, request, options),
    ],
    [
      'GET',
      /^\/2015-03-31\/functions\/([^/]+)$/,
      (name, request) => {
        const { model } = find(name, request, options.functions);
        return restJsonAnswer(200, { Configuration: configuration(model), Code: {}, Tags: {} });
      },
    ],
  ];
  return {
    signingName: 'lambda',
    handle: async (request) => {
      try {
        for (const [method, pattern, operation] of routes) {
          const match = request.method === method ? pattern.exec(request.path) : null;
          if (match) return await operation(decodeURIComponent(match[1] ?? ''), request);
        }
        throw unknownOperation('lambda', `${request.method} ${request.path}`);
      } catch (error) {
        return answerError(error);
      }
    },
  };
}

function answerError(error: unknown): AwsResponse {
  if (error instanceof AwsError) return restJsonError(error);
  if (!(error instanceof LambdaServiceError)) throw error;
  const { name, message, status, members } = error;
  return restJsonError(new AwsError(name, message, { status, members: { Message: message, ...members } }));
}

const withQualifier = (functionName: string, request: AwsRequest): string => {
  const qualifier = request.query.get('Qualifier');
  return qualifier === null ? functionName : `${functionName}:${qualifier}`;
};

const find = (functionName: string, request: AwsRequest, functions: Functions) =>
  functions.find(withQualifier(functionName, request)).found;

async function invoke(
  functionName: string,
  request: AwsRequest,
  options: LambdaApiOptions,
): Promise<AwsResponse> {
  const payload = readPayload(await request.readBody());
  const type = request.headers['x-amz-invocation-type'] ?? 'RequestResponse';
  const name = withQualifier(functionName, request);
  const run = invocationTypes[type];
  if (!run) throw new AwsError('InvalidParameterValueException', `Unknown invocation type '${type}'`);
  return run(name, payload, request, options);
}

type InvocationType = (
  name: string,
  payload: string,
  request: AwsRequest,
  options: LambdaApiOptions,
) => Promise<AwsResponse> | AwsResponse;

const invocationTypes: Readonly<Record<string, InvocationType>> = {
  RequestResponse: async (name, payload, request, options) => {
    const invoked = await options.invokeSync(name, payload);
    const wantsLog = request.headers['x-amz-log-type'] === 'Tail';
    return {
      status: 200,
      headers: {
        'content-type': 'application/json',
        'x-amzn-requestid': invoked.requestId,
        'x-amz-executed-version': '$LATEST',
        ...(invoked.result.kind === 'error' ? { 'x-amz-function-error': 'Unhandled' } : {}),
        ...(wantsLog ? { 'x-amz-log-result': Buffer.from(invoked.logTail).toString('base64') } : {}),
      },
      body: invoked.result.payload,
    };
  },
  Event: (name, payload, _request, options) => ({
    status: 202,
    headers: { 'x-amzn-requestid': options.invokeAsync(name, payload) },
  }),
  DryRun: (name, _payload, _request, options) => {
    options.functions.find(name);
    return { status: 204 };
  },
};

/** No body is an empty event; anything else must be JSON. */
function readPayload(body: Buffer): string {
  const text = body.length === 0 ? '{}' : body.toString('utf8');
  try {
    JSON.parse(text);
    return text;
  } catch (error) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${String(error)}`,
      {
        members: { Type: 'User' },
      },
    );
  }
}

function describe(functionName: string, request: AwsRequest, options: LambdaApiOptions): AwsResponse {
  return restJsonAnswer(200, configuration(find(functionName, request, options.functions).model));
}

const listFunctions = (functions: Functions): AwsResponse =>
  restJsonAnswer(200, { Functions: functions.all.map(({ model }) => configuration(model)) });

const configuration = (model: FunctionModel) => ({
  FunctionName: model.name,
  FunctionArn: model.arn,
  Runtime: model.runtime,
  Role: model.roleArn,
  Handler: model.handler,
  Timeout: model.timeoutSeconds,
  MemorySize: model.memoryMegabytes,
  Environment: { Variables: model.environment },
  Version: '$LATEST',
  PackageType: 'Zip',
  State: 'Active',
  LastUpdateStatus: 'Successful',
});
