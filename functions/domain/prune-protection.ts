import { findKindRule } from '#domain/kinds.ts';
import type { LiveObject } from '#domain/live-object.ts';
import type { ObjectIdentity } from '#domain/manifest.ts';

interface Protection {
  readonly reason: string;
  protects(live: LiveObject): boolean;
}

const always = (reason: string): Protection => ({ reason, protects: () => true });

const secretTypes = new Set(['kubernetes.io/tls', 'kubernetes.io/service-account-token']);

// What takes data, other people's objects or access with it when it goes (KUBERNETES.md P3).
const protections: Readonly<Record<string, Protection>> = {
  '/Namespace': always('everything in it would go with it'),
  '/PersistentVolume': always('its data would go with it'),
  '/PersistentVolumeClaim': always('its data would go with it'),
  'apiextensions.k8s.io/CustomResourceDefinition': always('every object of that kind would go with it'),
  'storage.k8s.io/StorageClass': always('claims depend on it'),
  'apps/StatefulSet': {
    reason: 'its claims would be left without it',
    protects: ({ spec }) =>
      (
        (spec as { readonly volumeClaimTemplates?: readonly unknown[] } | undefined)?.volumeClaimTemplates ??
        []
      ).length > 0,
  },
  '/Secret': {
    reason: 'a certificate or token that others may use',
    protects: ({ type }) => secretTypes.has(String(type)),
  },
};

// `kubernetes.io/pvc-protection`, `snapshot.storage.kubernetes.io/…`, `external-provisioner.volume.kubernetes.io/…`
const storageFinalizer = /\b(pvc?-protection|storage|volume|snapshot)/;

/** Why an object is deleted only where a release confirms it by name; undefined where it may go. */
export function protectionOf(identity: ObjectIdentity, live: LiveObject): string | undefined {
  const protection = protections[`${identity.group}/${identity.kind}`];
  if (protection?.protects(live)) return protection.reason;
  const finalizer = live.metadata.finalizers?.find((name) => storageFinalizer.test(name));
  if (finalizer !== undefined) return `its finalizer '${finalizer}' guards data`;
  return findKindRule(identity)?.prunable === false
    ? `a ${identity.kind} is deleted only by hand`
    : undefined;
}
