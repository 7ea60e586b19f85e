import { readFile } from 'node:fs/promises';
import { parse } from 'yaml';
import { RefusedError } from '../cli-error.ts';
import { readDeployment } from '../cluster/deployment.ts';
import { readKubeconfig } from '../cluster/kubeconfig.ts';
import { example } from '../events/seed.ts';
import type { Stage } from './stage.ts';

/** The image that a version of the example runs. */
async function imageOf(version: string): Promise<string> {
  const text = await readFile(example(`hello/${version}/manifests/deployment.yaml`), 'utf8');
  const { spec } = parse(text) as { spec: { template: { spec: { containers: { image: string }[] } } } };
  return spec.template.spec.containers[0]?.image ?? '';
}

/** Asks the cluster itself, past everything that is shown here. Throws RefusedError when it says otherwise. */
export async function verifyProduction({ target, output }: Stage, version: string): Promise<void> {
  const expected = await imageOf(version);
  const access = await readKubeconfig(target.cloud.kubeconfig);
  const found = await readDeployment(access, 'production', 'hello');
  if (found === undefined) throw new RefusedError('the cluster has no Deployment hello in production');
  const { images, replicas, availableReplicas, isRolledOut } = found;
  if (images.join() !== expected) {
    throw new RefusedError(
      `production should run ${version} (${expected}); the cluster says ${images.join(', ')}`,
    );
  }
  if (!isRolledOut) {
    throw new RefusedError(
      `production runs ${version}, but only ${availableReplicas} of ${replicas} replicas are available`,
    );
  }
  output.line(
    `The cluster says: production runs ${version}, ${availableReplicas} of ${replicas} replicas available.`,
    'good',
  );
  output.line(`  ${expected}`);
}
