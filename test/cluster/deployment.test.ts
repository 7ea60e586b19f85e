import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { systemClock } from '../contract/cluster/system-clock.ts';
import {
  createDeploymentHarness,
  type DeploymentHarness,
  namespace,
} from '../unit/tasks/deployment-harness.ts';
import { describeDeployment } from '../unit/tasks/deployment-scenarios.suite.ts';
import { requestsOfGroup } from './audit.ts';
import { deployersGroup } from './eks/access-entries.ts';
import { type Deployer, startDeployer } from './eks/deployer.ts';

const plane = inject('plane');

describe.skipIf(plane.missingForNodes.length > 0)('a deployment on a real control plane', () => {
  let deployer: Deployer;
  let harness: DeploymentHarness;
  beforeAll(async () => {
    deployer = await startDeployer(plane, namespace);
    const { cluster } = deployer;
    // Long enough for a container without a probe to start and crash, on a machine that has much else to do.
    harness = await createDeploymentHarness({ cluster, clock: systemClock, stabilityWindowSeconds: 5 });
  });
  afterAll(() => deployer?.stop());

  describeDeployment(() => harness, {
    runs: (version) => `shop/web:${version}`,
    crashes: (version) => `shop/web-crash:${version}`,
    lastWords: 'cannot read configuration',
    failsWithinSeconds: 40,
  });

  it('needs no more than the documented Role', () => {
    const requests = requestsOfGroup(plane.auditFile, deployersGroup);
    const forbidden = requests.filter(
      ({ requestURI, responseStatus }) =>
        requestURI.includes(`/${namespace}/`) && responseStatus.code === 403,
    );
    expect(forbidden).toEqual([]);
  });
});
