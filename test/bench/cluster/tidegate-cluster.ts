import { KubeConfig } from '@kubernetes/client-node';
import { createApiClient } from '#adapters/kubernetes/api-client.ts';
import { createKubernetesCluster } from '#adapters/kubernetes/cluster.ts';
import { createConnection } from '#adapters/kubernetes/connection.ts';
import type { Cluster } from '#ports/cluster.ts';
import { systemClock } from '#runtime/clock.ts';

/** The engine's own way to a cluster, with a count of what is under way. */
export interface TidegateCluster {
  readonly cluster: Cluster;
  /** The most requests that were in flight at one time, watches aside. */
  mostInFlight(): number;
}

/** Opens nothing yet: connections are made by the first requests, as in a function that was just started. */
export function connectTidegate(kubeconfigFile: string): TidegateCluster {
  const config = new KubeConfig();
  config.loadFromFile(kubeconfigFile);
  const connection = createConnection({ current: async () => config, forget: () => {} });
  let inFlight = 0;
  let most = 0;
  const counting: typeof connection = {
    ...connection,
    async send(request) {
      inFlight += 1;
      most = Math.max(most, inFlight);
      try {
        return await connection.send(request);
      } finally {
        inFlight -= 1;
      }
    },
  };
  const client = createApiClient(counting, config.getCurrentContext(), systemClock);
  return { cluster: createKubernetesCluster(client, systemClock), mostInFlight: () => most };
}
