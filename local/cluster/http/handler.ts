import type { IncomingMessage, ServerResponse } from 'node:http';
import { type Authenticator, authenticate, type User } from '../auth.ts';
import type { Catalog } from '../catalog.ts';
import { ApiError, methodNotAllowed } from '../errors.ts';
import type { Kind } from '../kinds.ts';
import type { LogBook } from '../logs.ts';
import type { Registry } from '../registry/registry.ts';
import { scaleOf } from '../registry/scale.ts';
import { deleteCollection, deleteObject, evict } from './deleting.ts';
import { discovery } from './discovery.ts';
import { Exchange } from './exchange.ts';
import { list } from './listing.ts';
import { openapi } from './openapi.ts';
import { podLogs } from './pod-logs.ts';
import { review } from './reviews.ts';
import { type Route, routeOf } from './route.ts';
import { showObject, viewOf } from './views.ts';
import { watch } from './watching.ts';
import { create, patch, replace } from './writing.ts';

export interface HandlerOptions {
  readonly registry: Registry;
  readonly logs: LogBook;
  readonly adminToken: string;
  readonly authenticator: Authenticator;
}

/** Answers one HTTP request as the API server does. */
export async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  options: HandlerOptions,
): Promise<void> {
  const exchange = new Exchange(request, response);
  try {
    await answer(exchange, options);
  } catch (error) {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    const known =
      error instanceof ApiError
        ? error
        : new ApiError(500, 'InternalError', `Internal error occurred: ${(error as Error).message}`);
    exchange.json(known.code, known.body);
  }
}

const healthPaths = /^\/(healthz|livez|readyz)(\/.*)?$/;

async function answer(exchange: Exchange, options: HandlerOptions): Promise<void> {
  if (healthPaths.test(exchange.path)) {
    exchange.text(200, 'ok');
    return;
  }
  const { authorization } = exchange.request.headers;
  const user = await authenticate(authorization, options.adminToken, options.authenticator);
  const route = routeOf(exchange.path, options.registry.catalog);
  if (route.type !== 'other') warnOfAge(exchange, route.kind);
  switch (route.type) {
    case 'other':
      return other(exchange, user, options.registry.catalog);
    case 'collection':
      return collection(exchange, route, options);
    case 'object':
      return object(exchange, route, options);
  }
}

function warnOfAge(exchange: Exchange, kind: Kind): void {
  if (kind.custom?.deprecation !== undefined) exchange.warn(kind.custom.deprecation);
}

async function other(exchange: Exchange, user: User, catalog: Catalog): Promise<void> {
  const path = exchange.path.replace(/(.)\/$/, '$1');
  if (exchange.method === 'POST') {
    const answered = review(path, await exchange.readObject(), user);
    if (answered !== undefined) return exchange.json(201, answered);
  } else if (exchange.method === 'GET') {
    const found = discovery(path, exchange.accept, catalog) ?? openapi(path, catalog);
    if (found?.kind === 'APIGroupDiscoveryList') {
      const type = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
      return exchange.text(200, JSON.stringify(found), type);
    }
    if (found !== undefined) return exchange.json(200, found);
  }
  exchange.text(404, '404 page not found\n');
}

async function collection(
  exchange: Exchange,
  { kind, namespace, isWatch }: Route & { type: 'collection' },
  { registry }: HandlerOptions,
): Promise<void> {
  switch (exchange.method) {
    case 'GET':
      if (isWatch || exchange.isSet('watch')) return watch(exchange, registry, kind, namespace);
      return list(exchange, registry, kind, namespace);
    case 'POST':
      return create(exchange, registry, kind, namespace);
    case 'DELETE':
      return deleteCollection(exchange, registry, kind, namespace);
    default:
      throw methodNotAllowed();
  }
}

async function object(
  exchange: Exchange,
  { kind, namespace, name, subresource }: Route & { type: 'object' },
  { registry, logs }: HandlerOptions,
): Promise<void> {
  const place = { kind, namespace, name };
  const isKnown = subresource === undefined || kind.subresources.some((it) => it === subresource);
  if (!isKnown) return exchange.text(404, '404 page not found\n');
  switch (`${exchange.method} ${subresource ?? ''}`) {
    case 'GET log':
      return podLogs(exchange, registry.get(place), logs);
    case 'GET scale':
      return exchange.json(200, scaleOf(kind, registry.get(place)));
    case 'GET ':
    case 'GET status': {
      const { accept, query } = exchange;
      return exchange.json(
        200,
        showObject(kind, registry.get(place), viewOf(accept), query.get('includeObject')),
      );
    }
    case 'POST eviction':
      return evict(exchange, registry, place);
    case 'PUT ':
    case 'PUT status':
    case 'PUT scale':
      return replace(exchange, registry, place, subresource);
    case 'PATCH ':
    case 'PATCH status':
    case 'PATCH scale':
      return patch(exchange, registry, place, subresource);
    case 'DELETE ':
      return deleteObject(exchange, registry, place);
    default:
      throw methodNotAllowed();
  }
}
