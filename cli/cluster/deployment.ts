import * as z from 'zod';
import { getObject } from './get-object.ts';
import type { ClusterAccess } from './kubeconfig.ts';

const deploymentSchema = z.object({
  metadata: z.object({ generation: z.int() }),
  spec: z.object({
    replicas: z.int(),
    template: z.object({ spec: z.object({ containers: z.array(z.object({ image: z.string() })) }) }),
  }),
  status: z.object({
    observedGeneration: z.int().default(0),
    replicas: z.int().default(0),
    updatedReplicas: z.int().default(0),
    availableReplicas: z.int().default(0),
  }),
});

/** What a cluster says of a Deployment. */
export interface DeploymentState {
  readonly images: readonly string[];
  readonly replicas: number;
  readonly availableReplicas: number;
  /** All replicas are of the newest template and available, and none of an older one is left. */
  readonly isRolledOut: boolean;
}

/** Asks the cluster itself how a Deployment stands; undefined when it does not exist. */
export async function readDeployment(
  access: ClusterAccess,
  namespace: string,
  name: string,
): Promise<DeploymentState | undefined> {
  const object = await getObject(access, `/apis/apps/v1/namespaces/${namespace}/deployments/${name}`);
  if (object === undefined) return undefined;
  const { metadata, spec, status } = deploymentSchema.parse(object);
  const counts = [status.replicas, status.updatedReplicas, status.availableReplicas];
  return {
    images: spec.template.spec.containers.map(({ image }) => image),
    replicas: spec.replicas,
    availableReplicas: status.availableReplicas,
    isRolledOut:
      status.observedGeneration >= metadata.generation && counts.every((count) => count === spec.replicas),
  };
}
