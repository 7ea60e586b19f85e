import { ClusterUnavailableError } from '#domain/errors.ts';
import { type Instant, isoTime, secondsAfter } from '#domain/instant.ts';

/** Who holds a target in the cluster's own books, for whoever else might deploy there (KUBERNETES.md A15). */
export interface TargetLease {
  /** The promotion's execution name; empty when nobody holds it. */
  readonly holder: string;
  /** What orders the holders: holders of one orchestrator are told apart by their fencing numbers alone. */
  readonly orchestrator: string;
  readonly acquiredAt: Instant;
  readonly renewedAt: Instant;
  readonly durationSeconds: number;
  /** How often it has changed hands. */
  readonly transitions: number;
  /** Identifies this state of the lease, for a conditional write; absent on what is to be written. */
  readonly version?: string;
}

/** Who asks for the lease, for how long. */
export interface LeaseClaim {
  readonly holder: string;
  readonly orchestrator: string;
  readonly durationSeconds: number;
}

/**
 * The lease that `claim` is to write. Another promotion of the same orchestrator is gone, or the fencing number keeps it
 * out. Throws ClusterUnavailableError while somebody else holds the lease: it runs out by itself.
 */
export function takeLease(standing: TargetLease | undefined, claim: LeaseClaim, now: Instant): TargetLease {
  const isOurs = standing?.holder === claim.holder;
  if (
    standing !== undefined &&
    !isOurs &&
    isHeld(standing, now) &&
    standing.orchestrator !== claim.orchestrator
  ) {
    const until = isoTime(leaseEnd(standing));
    throw new ClusterUnavailableError(
      `promotion '${claim.holder}': another deployer, '${standing.holder}', holds the target's Lease until ${until}; wait for it, or delete the Lease if it is dead`,
      { holder: standing.holder, until },
    );
  }
  return {
    holder: claim.holder,
    orchestrator: claim.orchestrator,
    durationSeconds: claim.durationSeconds,
    acquiredAt: isOurs ? standing.acquiredAt : now,
    renewedAt: now,
    transitions: (standing?.transitions ?? 0) + (standing === undefined || isOurs ? 0 : 1),
  };
}

/** The lease with nobody holding it. */
export function freedLease(standing: TargetLease, now: Instant): TargetLease {
  const { version: _, ...lease } = standing;
  return { ...lease, holder: '', renewedAt: now, durationSeconds: 1 };
}

function isHeld(lease: TargetLease, now: Instant): boolean {
  return lease.holder !== '' && leaseEnd(lease) > now;
}

function leaseEnd({ renewedAt, durationSeconds }: TargetLease): Instant {
  return secondsAfter(renewedAt, durationSeconds);
}
