import { describe, expect, it } from 'vitest';
import { createRouter } from '../../../local/apigateway/routing.ts';

const routes = [
  ['/', 'GET'],
  ['/items', 'GET'],
  ['/items', 'POST'],
  ['/items/{id}', 'GET'],
  ['/items/new', 'GET'],
  ['/items/{id}/parts/{part}', 'ANY'],
  ['/files/{path+}', 'ANY'],
] as const;
const route = createRouter(routes.map(([path, method]) => ({ path, method, functionArn: 'f' })));

const cases: readonly [method: string, path: string, resource: string | undefined, parameters?: object][] = [
  ['GET', '/', '/'],
  ['GET', '/items', '/items'],
  ['GET', '/items/', '/items'],
  ['DELETE', '/items', undefined],
  ['GET', '/items/7', '/items/{id}', { id: '7' }],
  ['GET', '/items/new', '/items/new', {}],
  ['POST', '/items/new', undefined],
  ['PUT', '/items/7/parts/a%20b', '/items/{id}/parts/{part}', { id: '7', part: 'a%20b' }],
  ['GET', '/files/a/b/c.txt', '/files/{path+}', { path: 'a/b/c.txt' }],
  ['GET', '/files', undefined],
  ['GET', '/nothing', undefined],
];

describe('a route', () => {
  it.each(cases)('%s %s is %s', (method, path, resource, parameters) => {
    const matched = route(method, path);
    expect(matched?.route.path).toBe(resource);
    if (parameters) expect(matched?.pathParameters).toEqual(parameters);
  });
});
