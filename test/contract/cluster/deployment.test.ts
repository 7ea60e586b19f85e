import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createKubeConfigCluster } from '#adapters/kubernetes/eks-clusters.ts';
import { type LaptopCluster, startCluster } from '../../../local/cluster/server.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  deployment,
  executionArn,
  namespace,
  service,
} from '../../unit/tasks/deployment-harness.ts';
import { describeDeployment } from '../../unit/tasks/deployment-scenarios.suite.ts';
import { systemClock } from './system-clock.ts';

describe('a deployment on the laptop cluster', () => {
  let laptop: LaptopCluster;
  let harness: DeploymentHarness;
  beforeAll(async () => {
    laptop = await startCluster();
    const config = new KubeConfig();
    config.loadFromString(laptop.kubeconfig('laptop'));
    const cluster = createKubeConfigCluster(config, systemClock);
    await cluster.apply({ apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } }, 'write');
    harness = await createDeploymentHarness({ cluster, clock: systemClock, stabilityWindowSeconds: 1 });
  });
  afterAll(() => laptop?.stop());

  describeDeployment(() => harness, {
    runs: (version) => `shop/web:${version}`,
    crashes: (version) => `shop/web-crash:${version}`,
    lastWords: 'cannot read configuration',
  });

  it('plans and applies ten objects in well under a second', async () => {
    const objects = [
      ...Array.from({ length: 8 }, (_, index) => configMap(`many-${index}`, { index: String(index) })),
      { ...deployment('many', 'shop/web:1', 1) },
      service('many'),
    ];
    const release = await harness.receive(objects);
    const promotion = await harness.open(release);
    const began = performance.now();
    const planned = await harness.tasks.planPromotion({ ...promotion, round: 1, executionArn });
    const plannedMilliseconds = performance.now() - began;
    if (planned.outcome !== 'planned') throw new Error(planned.outcome);
    const fence = await harness.acquire(promotion);
    const applyBegan = performance.now();
    await harness.tasks.advance({ ...promotion, mode: 'forward', step: 0, fence, plan: planned.plan });
    const appliedMilliseconds = performance.now() - applyBegan;
    console.log(
      `10 objects: planned in ${plannedMilliseconds.toFixed(0)} ms, applied in ${appliedMilliseconds.toFixed(0)} ms`,
    );
    // The bar is 300 ms each on a quiet machine; a busy one must not fail the suite.
    expect(plannedMilliseconds).toBeLessThan(900);
    expect(appliedMilliseconds).toBeLessThan(900);
  });
});
