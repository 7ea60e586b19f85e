import type { AwsRequest } from '../http/service.ts';
import { accountId, partition } from '../identity.ts';
import type { Need } from './evaluate.ts';

/** What permissions depend on beside the request itself. */
export interface World {
  readonly region: string;
  /** The name of the partition key of a table, or of one of its indexes; undefined for one that the template does not declare. */
  partitionKey(table: string, index?: string): string | undefined;
  /** The ARN of the state machine whose task waits with this token, or did. */
  machineOfToken(token: string): string | undefined;
}

/** A request of a service that is about to be authorised. */
export interface Call {
  readonly request: AwsRequest;
  /** The whole body; empty for S3, whose bodies are streams, but for the small documents it posts. */
  readonly body: Buffer;
  readonly world: World;
}

/** What a request must be allowed to do; undefined when its operation is not in the service's table. */
export type ReadNeeds = (call: Call) => readonly Need[] | undefined;

/** The ARN of a resource in the application's region and account. */
export const arnIn =
  ({ region }: World) =>
  (service: string, resource: string): string =>
    `arn:${partition}:${service}:${region}:${accountId}:${resource}`;

export type Input = Readonly<Record<string, unknown>>;

/** The JSON object of a body; undefined for one that its service will refuse anyway. */
export function jsonInput(body: Buffer): Input | undefined {
  try {
    const input: unknown = JSON.parse(body.length > 0 ? body.toString('utf8') : '{}');
    return typeof input === 'object' && input !== null ? (input as Input) : undefined;
  } catch {
    return undefined;
  }
}

/** The operation that an AWS JSON request names. */
export const jsonOperation = (request: AwsRequest): string =>
  request.headers['x-amz-target']?.split('.').at(-1) ?? '';

export const text = (value: unknown): string => (typeof value === 'string' ? value : '');

export const texts = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === 'string') : [];

export type JsonNeeds = (input: Input, world: World) => readonly Need[];

/** Reads needs of an AWS JSON service by its table of operations. */
export const byJsonOperation =
  (table: Readonly<Record<string, JsonNeeds>>): ReadNeeds =>
  ({ request, body, world }) => {
    const operation = jsonOperation(request);
    const read = Object.hasOwn(table, operation) ? table[operation] : undefined;
    return read?.(jsonInput(body) ?? {}, world);
  };

export type QueryNeeds = (parameters: URLSearchParams, world: World) => readonly Need[];

/** Reads needs of an AWS query service by its table of actions. */
export const byQueryAction =
  (table: Readonly<Record<string, QueryNeeds>>): ReadNeeds =>
  ({ request, body, world }) => {
    const parameters = request.method === 'POST' ? new URLSearchParams(body.toString('utf8')) : request.query;
    const action = parameters.get('Action') ?? '';
    const read = Object.hasOwn(table, action) ? table[action] : undefined;
    return read?.(parameters, world);
  };
