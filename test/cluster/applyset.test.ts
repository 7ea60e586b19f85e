import { readFileSync } from 'node:fs';
import { describeApplySet } from '../contract/cluster/applyset.suite.ts';
import { startControlPlane } from './control-plane/start.ts';

// A plane of its own: the namespace has a fixed name, which deployments on the shared plane use.
describeApplySet('a real control plane', async () => {
  const plane = await startControlPlane();
  return { kubeconfig: readFileSync(plane.kubeconfigFile, 'utf8'), stop: () => plane.stop() };
});
