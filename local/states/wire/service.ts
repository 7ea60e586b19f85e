import { randomUUID } from 'node:crypto';
import type { AwsRequest, AwsResponse, AwsService } from '../../http/service.ts';
import { StatesApiError } from '../api-error.ts';
import { isObject, type Json } from '../json.ts';
import type { States } from '../states.ts';
import { type Operation, operations } from './operations.ts';

const targetPrefix = 'AWSStepFunctions.';

/** Step Functions' wire API (JSON 1.0) over an engine. */
export function statesService(states: States): AwsService {
  const served = operations(states);
  return {
    signingName: 'states',
    async handle(request) {
      const target = request.headers['x-amz-target'] ?? '';
      const name = target.startsWith(targetPrefix) ? target.slice(targetPrefix.length) : target;
      const operation = served.get(name);
      if (!operation) return unknownOperation(name);
      try {
        return answer(200, withSeconds(await call(operation, request)));
      } catch (thrown) {
        return refusal(thrown as Error);
      }
    },
    stop: async () => states.stop(),
  };
}

async function call({ required, serve }: Operation, request: AwsRequest): Promise<object> {
  const parameters = readParameters((await request.readBody()).toString());
  const missing = required.filter(
    (member) => parameters[member] === undefined || parameters[member] === null,
  );
  if (missing.length > 0) {
    const details = missing.map(
      (member) => `Value null at '${member}' failed to satisfy constraint: Member must not be null`,
    );
    const count = `${missing.length} validation error${missing.length === 1 ? '' : 's'} detected`;
    throw new StatesApiError('ValidationException', `${count}: ${details.join('; ')}`);
  }
  return serve(parameters as never);
}

function readParameters(body: string): Record<string, unknown> {
  let parameters: unknown;
  try {
    parameters = JSON.parse(body === '' ? '{}' : body);
  } catch (error) {
    throw new StatesApiError(
      'SerializationException',
      `request body is not JSON: ${(error as Error).message}`,
    );
  }
  if (!isObject(parameters))
    throw new StatesApiError('SerializationException', 'request body is not a JSON object');
  return Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== null));
}

function answer(status: number, body: unknown): AwsResponse {
  const headers = { 'content-type': 'application/x-amz-json-1.0', 'x-amzn-requestid': randomUUID() };
  return { status, headers, body: JSON.stringify(body) };
}

function refusal(error: Error): AwsResponse {
  const status = error instanceof StatesApiError ? 400 : 500;
  const name = error instanceof StatesApiError ? error.name : 'InternalServerError';
  return answer(status, { __type: name, message: error.message });
}

function unknownOperation(name: string): AwsResponse {
  const message = `states: operation '${name}' is not served by the laptop cloud`;
  return answer(501, { __type: 'UnknownOperationException', message });
}

/** The engine's milliseconds as the wire's epoch seconds: every member named `…Date`, and `timestamp`. */
function withSeconds(value: unknown, member = ''): Json {
  if (typeof value === 'number' && /(Date|^timestamp)$/.test(member)) return value / 1000;
  if (Array.isArray(value)) return value.map((item) => withSeconds(item));
  if (typeof value !== 'object' || value === null) return value as Json;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withSeconds(item, key)]));
}
