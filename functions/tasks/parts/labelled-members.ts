import { applySetId, partOfLabel } from '#domain/applyset.ts';
import type { IntentOwner } from '#domain/intent.ts';
import { findKindRule, type ObjectAddress } from '#domain/kinds.ts';
import type { Cluster } from '#ports/cluster.ts';
import { inParallel } from './in-parallel.ts';

/** An object that says it is part of the application's ApplySet. */
export interface LabelledMember {
  readonly address: ObjectAddress;
  readonly uid: string;
}

/**
 * Every object in the cluster that is labelled as the application's, wherever the ApplySet's parent says that there may
 * be some (KUBERNETES.md P1, P2): one list for each kind and namespace. `known` tells the API version of kinds that only
 * releases know.
 */
export async function labelledMembers(
  cluster: Cluster,
  owner: IntentOwner,
  known: readonly ObjectAddress[],
): Promise<readonly LabelledMember[]> {
  const parent = await cluster.readFence(owner);
  if (parent?.members === undefined) return [];
  const { groupKinds, namespaces } = parent.members;
  const places = groupKinds.flatMap((text) => placesOf(text, namespaces, known));
  const value = applySetId(owner);
  const found = await inParallel(places, (place) =>
    cluster.listLabelled({ ...place, label: partOfLabel, value }),
  );
  return found.flat().flatMap(({ apiVersion, kind, metadata: { name, namespace, uid } }) => {
    const group = groupOf(apiVersion);
    const address = { apiVersion, group, kind, ...(namespace === undefined ? {} : { namespace }), name };
    return uid === undefined ? [] : [{ address, uid }];
  });
}

interface Place {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace?: string;
}

function placesOf(
  groupKind: string,
  namespaces: readonly string[],
  known: readonly ObjectAddress[],
): readonly Place[] {
  const dot = groupKind.indexOf('.');
  const kind = dot < 0 ? groupKind : groupKind.slice(0, dot);
  const group = dot < 0 ? '' : groupKind.slice(dot + 1);
  const rule = findKindRule({ group, kind });
  const example = known.find((address) => address.group === group && address.kind === kind);
  const version = rule?.versions[0];
  const apiVersion =
    example?.apiVersion ?? (version === undefined || group === '' ? version : `${group}/${version}`);
  if (apiVersion === undefined) return [];
  const isNamespaced = rule?.namespaced ?? example?.namespace !== undefined;
  return isNamespaced
    ? namespaces.map((namespace) => ({ apiVersion, kind, namespace }))
    : [{ apiVersion, kind }];
}

function groupOf(apiVersion: string): string {
  const slash = apiVersion.indexOf('/');
  return slash < 0 ? '' : apiVersion.slice(0, slash);
}
