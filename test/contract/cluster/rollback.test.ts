import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { startCluster } from '../../../local/cluster/server.ts';
import { describeRollback } from './rollback.suite.ts';

describeRollback('the laptop cluster', async () => {
  const laptop = await startCluster();
  const config = new KubeConfig();
  config.loadFromString(laptop.kubeconfig('laptop'));
  return { config, stop: () => laptop.stop() };
});
