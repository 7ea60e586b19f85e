import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { describeRollback } from '../contract/cluster/rollback.suite.ts';
import { startControlPlane } from './control-plane/start.ts';

// A plane of its own: the namespace has a fixed name, which deployments on the shared plane use.
describeRollback('a real control plane', async () => {
  const plane = await startControlPlane();
  const config = new KubeConfig();
  config.loadFromFile(plane.kubeconfigFile);
  return { config, stop: () => plane.stop() };
});
