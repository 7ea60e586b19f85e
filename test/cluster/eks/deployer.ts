import { createEksClusters } from '#adapters/kubernetes/eks-clusters.ts';
import type { Cluster } from '#ports/cluster.ts';
import { createEks } from '../../../local/eks/create-eks.ts';
import { documentedObjects } from '../../contract/cluster/documented-role.ts';
import { systemClock } from '../../contract/cluster/system-clock.ts';
import { serveOnLoopback } from '../../local/s3/loopback.ts';
import { sender } from '../api.ts';
import { makeNamespace } from '../namespace.ts';
import type { SharedPlane } from '../shared-plane.ts';

/** The engine as it comes in from a function on EKS: by a token, into the Role of docs/install.md and no other. */
export interface Deployer {
  readonly cluster: Cluster;
  /** The one namespace that it may work in. */
  readonly namespace: string;
  stop(): Promise<void>;
}

/** Makes a namespace with the documented Role, and a cluster that is found by eks:DescribeCluster. */
export async function startDeployer(plane: SharedPlane, namespaceName: string): Promise<Deployer> {
  const namespace = await makeNamespace(plane, namespaceName);
  await permit(plane, namespace);
  const { clusterName, region, deployer } = plane;
  const described = {
    name: clusterName,
    endpoint: plane.url,
    certificateAuthorityData: Buffer.from(plane.ca).toString('base64'),
    version: '1.36',
    createdMs: Date.now(),
  };
  const eks = await serveOnLoopback(createEks({ clusters: new Map([[clusterName, described]]) }));
  // As Lambda gives them to a function; each test file is a process of its own.
  Object.assign(process.env, {
    AWS_ENDPOINT_URL_EKS: eks.endpoint,
    AWS_ACCESS_KEY_ID: deployer.accessKeyId,
    AWS_SECRET_ACCESS_KEY: deployer.secretAccessKey,
    AWS_SESSION_TOKEN: deployer.sessionToken,
  });
  const cluster = await createEksClusters({ region, clock: systemClock }).of(
    { name: clusterName },
    namespace,
  );
  return { cluster, namespace, stop: () => eks.close() };
}

/** The Role and the binding of docs/install.md, in another namespace. */
async function permit(plane: SharedPlane, namespace: string): Promise<void> {
  const send = sender(plane, plane.adminToken);
  for (const object of documentedObjects()) {
    const isNamespaced = object.metadata.namespace !== undefined;
    const place = isNamespaced ? `/namespaces/${namespace}` : '';
    const path = `/apis/${object.apiVersion}${place}/${object.kind.toLowerCase()}s`;
    const body = isNamespaced ? { ...object, metadata: { ...object.metadata, namespace } } : object;
    const answer = await send({ method: 'POST', path, body });
    // What is not of one namespace is there for every deployer.
    if (answer.status !== 201 && !(answer.status === 409 && !isNamespaced))
      throw new Error(`${object.kind}: ${JSON.stringify(answer.body)}`);
  }
}
