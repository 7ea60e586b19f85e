import { ClusterUnavailableError } from '#domain/errors.ts';
import { decideFence, type FenceRecord, requireFence } from '#domain/fence.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import { type PromotionId, promotionExecutionName } from '#domain/promotion.ts';
import type { Cluster, FenceAddress } from '#ports/cluster.ts';

/** A promotion's hold on its target, in the cluster itself. */
export interface FenceHold {
  /** Takes the fence, or finds that it is held already. Throws FenceLostError when a later holder has it. */
  claim(): Promise<void>;
  /** Reads the fence again; to be called before each batch of writes. Throws FenceLostError when it is lost. */
  check(): Promise<void>;
}

const claimAttempts = 5;

/** The hold that `fence`, drawn by AcquireTarget, gives on a namespace (DESIGN §4). */
export function holdFence(
  cluster: Cluster,
  policy: Pick<EnvironmentPolicy, 'namespace'>,
  promotion: PromotionId,
  fence: number,
): FenceHold {
  const address: FenceAddress = { namespace: policy.namespace, application: promotion.application };
  // An application may have two environments in one namespace: then they share a fence and must not share numbers.
  const claim: FenceRecord = { fence, holder: promotionExecutionName(promotion) };
  return {
    async claim() {
      for (let attempt = 1; attempt <= claimAttempts; attempt += 1) {
        const decision = decideFence(await cluster.readFence(address), claim);
        if (decision.kind === 'held') return;
        // False: somebody wrote between our reading and our writing; look again who.
        if (await cluster.writeFence(address, claim, decision.version)) return;
      }
      throw new ClusterUnavailableError(
        `fence of application '${address.application}' in namespace '${address.namespace}': changed ${claimAttempts} times while it was claimed`,
        { fence },
      );
    },
    async check() {
      requireFence(await cluster.readFence(address), claim);
    },
  };
}
