import { kindRuleOf, type ObjectAddress } from '#domain/kinds.ts';
import type { Discovery } from './discovery.ts';

/** The REST path of one object; undefined when the cluster doesn't serve its kind. Built-in kinds need no asking. */
export async function objectPath(discovery: Discovery, address: ObjectAddress): Promise<string | undefined> {
  const { apiVersion, kind, namespace, name } = address;
  const rule = kindRuleOf(address);
  const served = rule.isCustom ? await discovery.resourceOf(apiVersion, kind) : rule;
  if (served === undefined) return undefined;
  const place = served.namespaced ? namespace : undefined;
  return `${collectionPath(apiVersion, served.resource, place)}/${encodeURIComponent(name)}`;
}

/** The REST path of a resource's objects, in one namespace or all. */
export function collectionPath(apiVersion: string, resource: string, namespace?: string): string {
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  return namespace === undefined
    ? `${root}/${resource}`
    : `${root}/namespaces/${encodeURIComponent(namespace)}/${resource}`;
}
