import type { TestProject } from 'vitest/node';
import type { IssuedKeys } from '../../local/sts/keys.ts';
import { startControlPlane } from './control-plane/start.ts';
import { deployersGroup } from './eks/access-entries.ts';
import { missingForNodes } from './nodes/requirements.ts';

/** What test files know of the one control plane that they share; each works in namespaces of its own. */
export interface SharedPlane {
  readonly url: string;
  readonly ca: string;
  readonly adminToken: string;
  /** As administrator. */
  readonly kubeconfigFile: string;
  readonly auditFile: string;
  /** The name that EKS tokens are signed for. */
  readonly clusterName: string;
  readonly region: string;
  /** Keys of a role with an access entry in the group `tidegate:deployers`. */
  readonly deployer: IssuedKeys;
  /** Why there are no nodes here, so that pods stay pending; empty when there is one. */
  readonly missingForNodes: readonly string[];
  /** Keys of a role without an access entry. */
  readonly stranger: IssuedKeys;
}

declare module 'vitest' {
  interface ProvidedContext {
    plane: SharedPlane;
  }
}

/** Starts the plane before the first file and stops it after the last; `inject('plane')` tells where it is. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const missing = missingForNodes();
  for (const reason of missing) console.log(`tests with pods are skipped: ${reason}`);
  const nodes = missing.length === 0 ? 1 : 0;
  const plane = await startControlPlane({ nodes, say: (line) => console.log(line) });
  const { url, ca, adminToken, kubeconfigFile, auditFile, eks } = plane;
  const { clusterName, region } = eks;
  const deployer = eks.grant('arn:aws:iam::000000000000:role/tidegate/deployer', [deployersGroup]);
  const stranger = eks.keysOf('arn:aws:iam::000000000000:role/stranger');
  const facts = { url, ca, adminToken, kubeconfigFile, auditFile, clusterName, region, deployer, stranger };
  project.provide('plane', { ...facts, missingForNodes: missing });
  return () => plane.stop();
}
