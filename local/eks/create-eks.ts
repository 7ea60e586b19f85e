import { AwsError, unknownOperation } from '../http/protocol/aws-error.ts';
import { restJsonAnswer, restJsonError } from '../http/protocol/rest-json-protocol.ts';
import type { AwsRequest, AwsResponse, AwsService } from '../http/service.ts';
import { accountId, defaultRegion, partition } from '../identity.ts';

/** A cluster as DescribeCluster tells of it. */
export interface EksCluster {
  readonly name: string;
  /** `https://…` of its API server. */
  readonly endpoint: string;
  /** Base64 of the PEM of its certificate authority. */
  readonly certificateAuthorityData: string;
  /** Kubernetes' `major.minor`. */
  readonly version: string;
  readonly createdMs: number;
}

export interface EksOptions {
  /** Read at each call: a cluster may come later than the service. */
  readonly clusters: ReadonlyMap<string, EksCluster>;
}

const describe = ({ name, endpoint, certificateAuthorityData, version, createdMs }: EksCluster) => ({
  name,
  arn: `arn:${partition}:eks:${defaultRegion}:${accountId}:cluster/${name}`,
  createdAt: createdMs / 1000,
  version,
  platformVersion: 'eks.1',
  endpoint,
  roleArn: `arn:${partition}:iam::${accountId}:role/eks-cluster-${name}`,
  status: 'ACTIVE',
  certificateAuthority: { data: certificateAuthorityData },
  resourcesVpcConfig: {
    subnetIds: [],
    securityGroupIds: [],
    endpointPublicAccess: true,
    endpointPrivateAccess: false,
    publicAccessCidrs: ['127.0.0.1/32'],
  },
  kubernetesNetworkConfig: { serviceIpv4Cidr: '10.100.0.0/16', ipFamily: 'ipv4' },
  accessConfig: { authenticationMode: 'API' },
  logging: { clusterLogging: [] },
  tags: {},
  health: { issues: [] },
});

/** EKS: the clusters of a table, to be described and listed. */
export function createEks({ clusters }: EksOptions): AwsService {
  const describeCluster = (name: string): AwsResponse => {
    const cluster = clusters.get(name);
    if (!cluster) {
      const options = { status: 404, members: { clusterName: name } };
      throw new AwsError('ResourceNotFoundException', `No cluster found for name: ${name}.`, options);
    }
    return restJsonAnswer(200, { cluster: describe(cluster) });
  };
  const listClusters = (request: AwsRequest): AwsResponse => {
    const names = [...clusters.keys()].sort();
    const start = request.query.get('nextToken');
    const size = Number(request.query.get('maxResults') ?? 100);
    if (!Number.isInteger(size) || size < 1 || size > 100) {
      throw new AwsError('InvalidParameterException', `maxResults '${size}' must be between 1 and 100`);
    }
    const waiting = start === null ? names : names.filter((name) => name >= start);
    return restJsonAnswer(200, { clusters: waiting.slice(0, size), nextToken: waiting[size] ?? null });
  };
  return {
    signingName: 'eks',
    async handle(request) {
      try {
        const [, root, name, ...rest] = request.path.split('/');
        if (request.method !== 'GET' || root !== 'clusters' || rest.length) {
          throw unknownOperation('eks', `${request.method} ${request.path}`);
        }
        return name ? describeCluster(decodeURIComponent(name)) : listClusters(request);
      } catch (error) {
        if (error instanceof AwsError) return restJsonError(error);
        throw error;
      }
    },
  };
}
