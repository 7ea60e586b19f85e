import type { Clock } from './clock.ts';
import type { EksCluster } from './eks/create-eks.ts';
import { createEksTokenVerifier } from './eks/token-verifier.ts';
import type { Sts } from './sts/create-sts.ts';

/** Which Kubernetes cluster stands behind `eks:DescribeCluster`. */
export type ClusterChoice =
  | { readonly kind: 'laptop' }
  /** A context of the user's own kubeconfig. */
  | { readonly kind: 'kube-context'; readonly context: string }
  | { readonly kind: 'none' };

export interface ClustersOptions {
  readonly choice: ClusterChoice;
  /** The EKS clusters' names; all of them are the one cluster. */
  readonly names: readonly string[];
  readonly sts: Sts;
  readonly clock: Clock;
}

/** A running API server that functions reach as EKS clusters. */
export interface Clusters {
  readonly eks: ReadonlyMap<string, EksCluster>;
  /** A kubeconfig's text for people; absent when there is no cluster. */
  readonly kubeconfig?: string;
  stop(): Promise<void>;
}

/** Starts what `choice` names, with EKS's bearer tokens accepted for each of the names. */
export async function startClusters(options: ClustersOptions): Promise<Clusters> {
  const { choice, clock } = options;
  const authenticator = authenticatorFor(options);
  switch (choice.kind) {
    case 'none':
      return { eks: new Map(), stop: async () => {} };
    case 'laptop': {
      const { startCluster } = await import('./cluster/server.ts');
      const cluster = await startCluster({ authenticator, clock });
      const kubeconfig = cluster.kubeconfig(options.names[0] ?? 'laptop');
      return { eks: describe(options, cluster), kubeconfig, stop: () => cluster.stop() };
    }
    case 'kube-context': {
      const { startKubeContextProxy } = await import('./kube-context/proxy.ts');
      const proxy = await startKubeContextProxy({ context: choice.context, authenticator });
      return { eks: describe(options, proxy), kubeconfig: proxy.kubeconfig, stop: () => proxy.close() };
    }
  }
}

/** A token is signed for one cluster's name: it is good when it is good for one of them. */
function authenticatorFor({ names, sts }: ClustersOptions) {
  const verifiers = names.map((name) => createEksTokenVerifier(name, sts));
  return (token: string) => {
    for (const verifier of verifiers) {
      const verdict = verifier.verify(token);
      if (verdict.kind === 'authenticated') {
        return { username: verdict.identity.arn, groups: ['system:authenticated'] };
      }
    }
    return undefined;
  };
}

function describe(
  { names, clock }: ClustersOptions,
  server: { readonly url: string; readonly caPem: string; readonly version?: string },
): ReadonlyMap<string, EksCluster> {
  const certificateAuthorityData = Buffer.from(server.caPem).toString('base64');
  const shared = {
    endpoint: server.url,
    certificateAuthorityData,
    version: server.version ?? '1.33',
    createdMs: clock.now(),
  };
  return new Map(names.map((name) => [name, { name, ...shared }]));
}
