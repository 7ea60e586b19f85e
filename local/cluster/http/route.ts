import type { Catalog } from '../catalog.ts';
import type { Kind } from '../kinds.ts';

/** What a URL names. */
export type Route =
  | {
      readonly type: 'collection';
      readonly kind: Kind;
      readonly namespace: string | undefined;
      readonly isWatch: boolean;
    }
  | {
      readonly type: 'object';
      readonly kind: Kind;
      readonly namespace: string | undefined;
      readonly name: string;
      readonly subresource: string | undefined;
    }
  | { readonly type: 'other' };

/** Reads `/api/v1/…` and `/apis/<group>/<version>/…`; anything that is no known resource is `other`. */
export function routeOf(path: string, catalog: Catalog): Route {
  const parts = path
    .split('/')
    .filter((part) => part !== '')
    .map(decodeURIComponent);
  const root = parts.shift();
  if (root !== 'api' && root !== 'apis') return { type: 'other' };
  const group = root === 'api' ? '' : (parts.shift() ?? '');
  const version = parts.shift() ?? '';
  const isWatch = parts[0] === 'watch';
  if (isWatch) parts.shift();
  if (parts[0] === 'namespaces' && parts.length >= 3 && !(group === '' && isNamespaceSubresource(parts))) {
    const [, namespace, resource = '', name, subresource] = parts;
    return resolve(catalog.find(group, version, resource), namespace, name, subresource, isWatch, true);
  }
  const [resource = '', name, subresource] = parts;
  return resolve(catalog.find(group, version, resource), undefined, name, subresource, isWatch, false);
}

function isNamespaceSubresource(parts: readonly string[]): boolean {
  return parts.length === 3 && (parts[2] === 'status' || parts[2] === 'finalize');
}

function resolve(
  kind: Kind | undefined,
  namespace: string | undefined,
  name: string | undefined,
  subresource: string | undefined,
  isWatch: boolean,
  inNamespace: boolean,
): Route {
  if (kind === undefined || (inNamespace && !kind.namespaced)) return { type: 'other' };
  if (name === undefined) return { type: 'collection', kind, namespace, isWatch };
  if (kind.namespaced && !inNamespace) return { type: 'other' };
  return { type: 'object', kind, namespace, name, subresource };
}
