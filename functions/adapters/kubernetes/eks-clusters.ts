import { DescribeClusterCommand, EKSClient } from '@aws-sdk/client-eks';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { ClusterUnavailableError, ConfigurationError, ThrottledError } from '#domain/errors.ts';
import type { Instant } from '#domain/instant.ts';
import { version } from '#domain/version.ts';
import type { Clock } from '#ports/clock.ts';
import type { Cluster } from '#ports/cluster.ts';
import type { Clusters } from '#ports/clusters.ts';
import { createApiClient } from './api-client.ts';
import { createKubernetesCluster } from './cluster.ts';
import { type Agents, createConnection, type KubeConfigSource } from './connection.ts';
import { eksToken } from './eks-token.ts';
import { createRequestGate, type RequestGate } from './request-gate.ts';

const endpointCacheMilliseconds = 5 * 60_000;
// A token lives 15 minutes; it is signed again well before (KUBERNETES.md K1).
const tokenCacheMilliseconds = 10 * 60_000;

export interface EksClustersSettings {
  /** The region of clusters whose policy names none. */
  readonly region: string;
  readonly clock: Clock;
}

/** What is kept for one cluster, whoever speaks to it. */
interface Known {
  readonly source: KubeConfigSource;
  readonly agents: Agents;
  readonly gate: RequestGate;
}

/**
 * EKS clusters by name. Endpoints, tokens, connections and what was learnt of how much a cluster takes are kept for the
 * life of the function's sandbox.
 */
export function createEksClusters({ region, clock }: EksClustersSettings): Clusters {
  const known = new Map<string, Known>();
  return {
    async of(policy, run) {
      const key = JSON.stringify([policy.name, policy.region ?? region]);
      const kept = known.get(key) ?? {
        source: createEksKubeConfigSource(policy.name, policy.region ?? region, clock),
        agents: new Map(),
        gate: createRequestGate(clock),
      };
      known.set(key, kept);
      // Asked once here, so that a cluster that does not exist is found out before anything else is done.
      await kept.source.current();
      const { source, agents, gate } = kept;
      const connection = createConnection(source, { agents, userAgent: userAgentOf(run) });
      return createKubernetesCluster(createApiClient(connection, policy.name, clock, gate), clock);
    },
  };
}

/** The cluster's audit log tells by it which promotion sent a request (KUBERNETES.md L3). */
function userAgentOf(run: string): string {
  return `tidegate/${version} (run ${run})`;
}

/** A cluster that a kubeconfig's current context names: another way to the same adapter. */
export function createKubeConfigCluster(config: KubeConfig, clock: Clock): Cluster {
  const source: KubeConfigSource = { current: async () => config, forget: () => {} };
  return createKubernetesCluster(
    createApiClient(createConnection(source), config.getCurrentContext(), clock),
    clock,
  );
}

interface Endpoint {
  readonly server: string;
  readonly certificateAuthority: string;
}

/** Gives the KubeConfig of an EKS cluster, signing tokens and asking for the endpoint as they grow old. */
export function createEksKubeConfigSource(name: string, region: string, clock: Clock): KubeConfigSource {
  const client = new EKSClient({ region });
  const endpoint = cached(clock, endpointCacheMilliseconds, () => describe(client, name, region));
  let skewMilliseconds = 0;
  const token = cached(clock, tokenCacheMilliseconds, async () =>
    eksToken({
      clusterName: name,
      region,
      credentials: await client.config.credentials(),
      signingDate: new Date(clock.now() + skewMilliseconds),
    }),
  );
  let made: { readonly of: readonly unknown[]; readonly config: KubeConfig } | undefined;
  return {
    async current() {
      const [reached, bearer] = await Promise.all([endpoint.value(), token.value()]);
      if (made?.of[0] !== reached || made.of[1] !== bearer) {
        made = { of: [reached, bearer], config: kubeConfig(name, reached, bearer) };
      }
      return made.config;
    },
    forget(serverTime) {
      if (serverTime !== undefined) skewMilliseconds = skewBeyondDoubt(serverTime - clock.now());
      token.forget();
      endpoint.forget();
    },
  };
}

// A Date header has whole seconds and was under way for a while; less than this is no skew.
const leastSkewMilliseconds = 5_000;

function skewBeyondDoubt(milliseconds: number): number {
  return Math.abs(milliseconds) < leastSkewMilliseconds ? 0 : milliseconds;
}

function kubeConfig(name: string, { server, certificateAuthority }: Endpoint, token: string): KubeConfig {
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name, server, caData: certificateAuthority, skipTLSVerify: false },
    { name: 'tidegate', token },
  );
  return config;
}

async function describe(client: EKSClient, name: string, region: string): Promise<Endpoint> {
  const answer = await client.send(new DescribeClusterCommand({ name })).catch((error: unknown) => {
    throw describeError(name, region, error as Error);
  });
  const server = answer.cluster?.endpoint;
  const certificateAuthority = answer.cluster?.certificateAuthority?.data;
  if (server === undefined || certificateAuthority === undefined) {
    throw new ConfigurationError(
      `EKS cluster '${name}' in ${region}: has no endpoint (status '${answer.cluster?.status ?? 'unknown'}')`,
      { cluster: name, region },
    );
  }
  return { server, certificateAuthority };
}

function describeError(name: string, region: string, error: Error): Error {
  // Thrown by what signs the request: this function has no keys.
  if (error instanceof ConfigurationError) return error;
  const subject = `EKS cluster '${name}' in ${region}`;
  const facts = { cluster: name, region };
  const options = { cause: error };
  if (error.name === 'ResourceNotFoundException') {
    const message = `${subject}: does not exist; check the environment's cluster name and region`;
    return new ConfigurationError(message, facts, options);
  }
  if (/AccessDenied|UnrecognizedClient|InvalidSignature/.test(error.name)) {
    return new ConfigurationError(
      `${subject}: eks:DescribeCluster is not permitted: ${error.message}`,
      facts,
      options,
    );
  }
  if (/Throttl|TooManyRequests/.test(error.name))
    return new ThrottledError(`${subject}: ${error.message}`, facts, options);
  return new ClusterUnavailableError(`${subject}: cannot be described: ${error.message}`, facts, options);
}

interface Cached<Value> {
  value(): Promise<Value>;
  forget(): void;
}

/** Keeps a value for a while; concurrent askers share one asking, and a failure is not kept. */
function cached<Value>(clock: Clock, milliseconds: number, ask: () => Promise<Value>): Cached<Value> {
  let held: { readonly value: Promise<Value>; readonly until: number } | undefined;
  return {
    value() {
      const now: Instant = clock.now();
      if (held !== undefined && held.until > now) return held.value;
      const value = ask();
      const mine = { value, until: now + milliseconds };
      held = mine;
      value.catch(() => {
        if (held === mine) held = undefined;
      });
      return value;
    },
    forget() {
      held = undefined;
    },
  };
}
