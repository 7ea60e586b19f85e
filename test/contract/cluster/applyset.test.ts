import { startCluster } from '../../../local/cluster/server.ts';
import { describeApplySet } from './applyset.suite.ts';

describeApplySet('the laptop cluster', async () => {
  const laptop = await startCluster();
  return { kubeconfig: laptop.kubeconfig('laptop'), stop: () => laptop.stop() };
});
