import { type ApplySetMembers, covers, noMembers, withMembers } from '#domain/applyset.ts';
import { ClusterUnavailableError } from '#domain/errors.ts';
import { decideFence, type FenceMode, type FenceRecord, requireFence } from '#domain/fence.ts';
import type { Instant } from '#domain/instant.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import { type PromotionId, promotionExecutionName } from '#domain/promotion.ts';
import { freedLease, takeLease } from '#domain/target-lease.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster, FenceAddress } from '#ports/cluster.ts';
import { deployLeaseSeconds } from './deploy-lease.ts';

/** A promotion's hold on its target, in the cluster itself. */
export interface FenceHold {
  /**
   * Takes the Lease and the fence, or finds that they are held already, and says where members may be from now on.
   * Throws FenceLostError when a later holder has the fence, ClusterUnavailableError while another deployer has the Lease.
   */
  claim(members: ApplySetMembers): Promise<void>;
  /** Holds the Lease on, if it is this promotion's. */
  renew(): Promise<void>;
  /** Reads the fence again; to be called before each batch of writes. Throws FenceLostError when it is lost. */
  check(): Promise<void>;
  /** Says that members are only where `members` says, and frees the Lease: nothing more is written. */
  settle(members: ApplySetMembers): Promise<void>;
  /** When the last check that went well began. */
  checkedAt(): Instant | undefined;
}

export interface FenceRequest {
  readonly cluster: Cluster;
  readonly clock: Clock;
  readonly policy: Pick<EnvironmentPolicy, 'namespace'>;
  readonly promotion: PromotionId;
  /** Drawn by AcquireTarget. */
  readonly fence: number;
  /** Forward unless said. */
  readonly mode?: FenceMode;
  /** What orders the promotions; absent where nothing is claimed. */
  readonly orchestrator?: string;
}

const attempts = 5;

/** The hold that a fencing number gives on a namespace (DESIGN §4, KUBERNETES.md A15). */
export function holdFence({
  cluster,
  clock,
  policy,
  promotion,
  fence,
  mode = 'forward',
  orchestrator = '',
}: FenceRequest): FenceHold {
  const address: FenceAddress = { namespace: policy.namespace, application: promotion.application };
  const claim: FenceRecord = { fence, holder: promotionExecutionName(promotion), mode };
  let checked: Instant | undefined;

  /** Until it is written: false means that somebody wrote between our reading and our writing; look again who. */
  async function settled(what: string, write: () => Promise<boolean>): Promise<void> {
    for (let attempt = 1; attempt <= attempts; attempt += 1) if (await write()) return;
    throw new ClusterUnavailableError(
      `${what} of application '${address.application}' in namespace '${address.namespace}': changed ${attempts} times while it was claimed`,
      { fence },
    );
  }

  async function takeTheLease(): Promise<boolean> {
    const standing = await cluster.readLease(address);
    const asked = { holder: claim.holder, orchestrator, durationSeconds: deployLeaseSeconds };
    return cluster.writeLease(address, takeLease(standing, asked, clock.now()), standing?.version);
  }

  return {
    checkedAt: () => checked,
    async claim(members) {
      const wanted = withMembers(members, { ...noMembers, namespaces: [address.namespace] });
      await settled('fence', async () => {
        const now = clock.now();
        const standing = await cluster.readFence(address);
        const decision = decideFence(standing, claim);
        const known = standing?.members ?? noMembers;
        // The Lease first: whoever finds it held has changed nothing.
        await settled('Lease', takeTheLease);
        const isHeld = decision.kind === 'held' && covers(known, wanted);
        const record = { ...claim, members: withMembers(known, wanted) };
        if (!isHeld && !(await cluster.writeFence(address, record, standing?.version))) return false;
        checked = now;
        return true;
      });
    },
    async renew() {
      const standing = await cluster.readLease(address);
      if (standing?.holder !== claim.holder) return;
      const asked = { ...standing, durationSeconds: deployLeaseSeconds };
      // Somebody who was faster is found by the next check of the fence.
      await cluster.writeLease(address, takeLease(standing, asked, clock.now()), standing.version);
    },
    async check() {
      const now = clock.now();
      requireFence(await cluster.readFence(address), claim);
      checked = now;
    },
    async settle(members) {
      await settled('fence', async () => {
        const standing = await cluster.readFence(address);
        requireFence(standing, claim);
        const wanted = withMembers(members, { ...noMembers, namespaces: [address.namespace] });
        const known = standing?.members ?? noMembers;
        if (covers(known, wanted) && covers(wanted, known)) return true;
        return cluster.writeFence(address, { ...claim, members: wanted }, standing?.version);
      });
      const lease = await cluster.readLease(address);
      if (lease?.holder === claim.holder)
        await cluster.writeLease(address, freedLease(lease, clock.now()), lease.version);
    },
  };
}
