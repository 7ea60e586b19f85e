import { environmentOf } from '#domain/environment.ts';
import { PipelineInvalidError, RequestInvalidError } from '#domain/errors.ts';
import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import { type PromotionId, promotionExecutionName } from '#domain/promotion.ts';
import type { Release } from '#domain/release.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { Clusters } from '#ports/clusters.ts';
import type { PipelineArchive } from '#ports/pipeline-archive.ts';
import type { ReleaseLedger } from '#ports/release-ledger.ts';

export interface TargetPorts {
  readonly releases: ReleaseLedger;
  readonly archive: PipelineArchive;
  readonly clusters: Clusters;
}

/** Where a promotion deploys to, by the pipeline as it was when the release came in. */
export interface DeploymentTarget {
  readonly release: Release;
  readonly policy: EnvironmentPolicy;
  readonly cluster: Cluster;
}

/** Finds the target of a promotion. Throws RequestInvalidError or PipelineInvalidError when there is none. */
export async function findDeploymentTarget(
  ports: TargetPorts,
  input: PromotionId,
): Promise<DeploymentTarget> {
  const { release, policy } = await findPolicy(ports, input);
  return { release, policy, cluster: await ports.clusters.of(policy.cluster, promotionExecutionName(input)) };
}

/** Finds the policy of a promotion's environment, without asking for the cluster. */
export async function findPolicy(
  { releases, archive }: Pick<TargetPorts, 'releases' | 'archive'>,
  { application, release: number, environment }: PromotionId,
): Promise<{ readonly release: Release; readonly policy: EnvironmentPolicy }> {
  const release = await releases.release({ application, release: number });
  if (release === undefined) {
    throw new RequestInvalidError(`release ${number} of application '${application}': is not known`, {
      application,
      release: number,
    });
  }
  const policy = environmentOf(await archive.kept(application, release.pipelineDigest), environment);
  if (policy === undefined) {
    throw new PipelineInvalidError(
      `pipeline of application '${application}': has no environment '${environment}'; add it, or promote to one it has`,
      { application, environment },
    );
  }
  return { release, policy };
}
