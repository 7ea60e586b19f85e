import type { RestApiModel, RouteModel, ThrottlingModel } from './application.ts';
import type { ResourceContext } from './context.ts';
import { isObject, type Json } from './document.ts';
import { type Properties, properties } from './properties.ts';

/** Reads an `AWS::Serverless::Api`; `routes` come from the functions' events. */
export function readRestApi(
  { identity, properties: p }: ResourceContext,
  routes: readonly RouteModel[],
): RestApiModel {
  p.refuse('DefinitionBody', 'DefinitionUri', 'Cors', 'Models', 'CacheClusterEnabled', 'CanarySetting');
  p.object('Auth').refuse('DefaultAuthorizer', 'Authorizers', 'ApiKeyRequired', 'UsagePlan');
  const variables = p.object('Variables');
  return {
    logicalId: identity.logicalId,
    id: identity.name,
    name: p.text('Name') ?? identity.stackName,
    stageName: p.requiredText('StageName'),
    stageVariables: Object.fromEntries(
      Object.keys(variables.all).map((key) => [key, variables.requiredText(key)]),
    ),
    binaryMediaTypes: p.list('BinaryMediaTypes').map((type) => String(type).replace('~1', '/')),
    routes,
    throttling: p.list('MethodSettings').map((setting) => readThrottling(asProperties(setting, p))),
  };
}

/** SAM's API for `Api` events that name none. */
export const implicitApi = { logicalId: 'ServerlessRestApi', stageName: 'Prod' } as const;

function readThrottling(p: Properties): ThrottlingModel {
  const ratePerSecond = p.number('ThrottlingRateLimit');
  const burst = p.number('ThrottlingBurstLimit');
  // Slashes inside a method setting's path are written "~1": "/~1items~1{id}" is "/items/{id}".
  const written = p.text('ResourcePath') ?? '/*';
  return {
    path: written === '/*' ? '*' : `/${written.slice(1).replaceAll('~1', '/')}`.replace('//', '/'),
    method: p.text('HttpMethod') ?? '*',
    ...(ratePerSecond === undefined ? {} : { ratePerSecond }),
    ...(burst === undefined ? {} : { burst }),
  };
}

/** One route, and the logical id of the API it belongs to. */
export interface ApiEvent {
  readonly apiLogicalId: string;
  readonly route: RouteModel;
}

/** Reads a SAM event of type Api; `RestApiId` is read from the event as written, where it is still a Ref. */
export function readApiEvent(
  where: string,
  event: Json,
  written: Json | undefined,
  functionArn: string,
): ApiEvent {
  const p = properties(isObject(event) ? event : {}, where).object('Properties');
  p.refuse('Auth', 'RequestModel');
  return {
    apiLogicalId: referredApi(written) ?? implicitApi.logicalId,
    route: { path: p.requiredText('Path'), method: methodOf(p), functionArn },
  };
}

const methodOf = (p: Properties): string => {
  const method = p.requiredText('Method').toUpperCase();
  return method === '*' ? 'ANY' : method;
};

function referredApi(written: Json | undefined): string | undefined {
  const own = isObject(written) && isObject(written.Properties) ? written.Properties.RestApiId : undefined;
  if (isObject(own) && typeof own.Ref === 'string') return own.Ref;
  return typeof own === 'string' ? own : undefined;
}

const asProperties = (value: Json, p: Properties): Properties =>
  properties(isObject(value) ? value : {}, p.where);
