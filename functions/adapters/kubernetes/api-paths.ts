import { kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';

/** The REST path of one object. */
export function objectPath(address: ObjectAddress): string {
  return `${collectionPath(address.apiVersion, kindRuleOf(address).resource, address.namespace)}/${encodeURIComponent(address.name)}`;
}

/** The REST path of a resource's objects, in one namespace or all. */
export function collectionPath(apiVersion: string, resource: string, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
