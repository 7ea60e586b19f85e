import type { EnvironmentPolicy } from '#domain/pipeline.ts';
import type { Cluster } from '#ports/cluster.ts';

/** Finds the cluster that a pipeline's environment names. */
export interface Clusters {
  /**
   * `run` names who asks, for the cluster's audit log. Throws ConfigurationError when the cluster does not exist or may
   * not be asked for.
   */
  of(cluster: EnvironmentPolicy['cluster'], run: string): Promise<Cluster>;
}
