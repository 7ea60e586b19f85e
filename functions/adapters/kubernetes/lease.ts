import { applySetName } from '#domain/applyset.ts';
import { instant, isoTime } from '#domain/instant.ts';
import { momentOf } from '#domain/live-object.ts';
import type { TargetLease } from '#domain/target-lease.ts';
import type { FenceAddress } from '#ports/cluster.ts';
import type { ApiClient } from './api-client.ts';
import { type OwnedPlace, readOwned, writeOwned } from './owned-object.ts';

const orchestratorAnnotation = 'tidegate.dev/orchestrator';

interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly acquireTime?: string;
  readonly renewTime?: string;
  readonly leaseTransitions?: number;
}

/** Reads the target's Lease (KUBERNETES.md A15); undefined when there is none. */
export async function readLease(client: ApiClient, address: FenceAddress): Promise<TargetLease | undefined> {
  const live = await readOwned(client, placeOf(address));
  if (live === undefined) return undefined;
  const { metadata } = live;
  const spec = (live.spec ?? {}) as LeaseSpec;
  return {
    holder: spec.holderIdentity ?? '',
    orchestrator: metadata.annotations?.[orchestratorAnnotation] ?? '',
    acquiredAt: momentOf(spec.acquireTime) ?? instant(0),
    renewedAt: momentOf(spec.renewTime) ?? instant(0),
    durationSeconds: spec.leaseDurationSeconds ?? 0,
    transitions: spec.leaseTransitions ?? 0,
    version: metadata.resourceVersion ?? '',
  };
}

/** Writes the Lease if nobody wrote it since `version`; undefined creates it. */
export async function writeLease(
  client: ApiClient,
  address: FenceAddress,
  lease: TargetLease,
  version: string | undefined,
): Promise<boolean> {
  const spec: LeaseSpec = {
    holderIdentity: lease.holder,
    leaseDurationSeconds: lease.durationSeconds,
    acquireTime: microTime(lease.acquiredAt),
    renewTime: microTime(lease.renewedAt),
    leaseTransitions: lease.transitions,
  };
  const metadata = {
    labels: { 'app.kubernetes.io/managed-by': 'tidegate' },
    annotations: {
      'tidegate.dev/application': address.application,
      [orchestratorAnnotation]: lease.orchestrator,
    },
  };
  return writeOwned(client, placeOf(address), { metadata, spec }, version);
}

// Kubernetes reads a MicroTime with exactly six digits after the point.
function microTime(moment: TargetLease['renewedAt']): string {
  return isoTime(moment).replace('Z', '000Z');
}

function placeOf(address: FenceAddress): OwnedPlace {
  return {
    apiVersion: 'coordination.k8s.io/v1',
    kind: 'Lease',
    resource: 'leases',
    namespace: address.namespace,
    name: applySetName(address),
  };
}
