import { findKindRule, groupOf } from '#domain/kinds.ts';
import type { KubernetesObject } from '#domain/manifest.ts';
import type { ServedKind } from '#ports/cluster.ts';

interface DefinitionSpec {
  readonly group?: string;
  readonly scope?: string;
  readonly names?: { readonly kind?: string; readonly plural?: string };
  readonly versions?: readonly { readonly name?: string; readonly served?: boolean }[];
}

/** How a kind is served: built-in ones by their rule, others by the definitions among the objects that are there. */
export function servedKind(
  objects: Iterable<KubernetesObject>,
  apiVersion: string,
  kind: string,
): ServedKind | undefined {
  const group = groupOf(apiVersion);
  const rule = findKindRule({ group, kind });
  if (rule !== undefined) return { resource: rule.resource, namespaced: rule.namespaced };
  for (const object of objects) {
    if (object.kind !== 'CustomResourceDefinition') continue;
    const { scope, names, versions = [], ...spec } = (object.spec ?? {}) as DefinitionSpec;
    const isServed = versions.some(
      ({ name, served }) => `${group}/${name}` === apiVersion && served !== false,
    );
    if (spec.group !== group || names?.kind !== kind || !isServed) continue;
    return { resource: names.plural ?? '', namespaced: scope !== 'Cluster' };
  }
  return undefined;
}

/** The status that the API server gives a definition whose names are free. */
export const establishedStatus = {
  conditions: [
    { type: 'NamesAccepted', status: 'True', reason: 'NoConflicts' },
    { type: 'Established', status: 'True', reason: 'InitialNamesAccepted' },
  ],
};
