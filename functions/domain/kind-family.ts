import { findKindRule, type ObjectAddress } from '#domain/kinds.ts';
import { identityText, type ObjectIdentity } from '#domain/manifest.ts';

// Kinds that moved to another API group and are one object in the store under both (KUBERNETES.md P7).
const movedTo: Readonly<Record<string, string>> = {
  'extensions/DaemonSet': 'apps',
  'extensions/Deployment': 'apps',
  'extensions/Ingress': 'networking.k8s.io',
  'extensions/NetworkPolicy': 'networking.k8s.io',
  'extensions/PodSecurityPolicy': 'policy',
  'extensions/ReplicaSet': 'apps',
};

/** Names one object whichever API group a release spoke to it by: what is applied under one is not pruned under another. */
export function familyText(identity: ObjectIdentity): string {
  return identityText({ ...identity, group: familyGroup(identity) });
}

/** Where an object of an earlier release is found now: its API may have moved, or have lost that version. */
export function servedAddress(address: ObjectAddress): ObjectAddress {
  const group = familyGroup(address);
  const rule = findKindRule({ group, kind: address.kind });
  const version = address.apiVersion.slice(address.apiVersion.indexOf('/') + 1);
  const isServed = group === address.group && (rule === undefined || rule.versions.includes(version));
  const newest = rule?.versions[0];
  if (isServed || newest === undefined) return address;
  return { ...address, group, apiVersion: group === '' ? newest : `${group}/${newest}` };
}

function familyGroup({ group, kind }: ObjectIdentity): string {
  return movedTo[`${group}/${kind}`] ?? group;
}
