import { beforeAll, describe } from 'vitest';
import { createDeploymentHarness, type DeploymentHarness, image } from './deployment-harness.ts';
import { describeDeployment } from './deployment-scenarios.suite.ts';

describe('a deployment on the memory cluster', () => {
  let harness: DeploymentHarness;
  beforeAll(async () => {
    harness = await createDeploymentHarness();
  });
  describeDeployment(() => harness, {
    runs: (version) => image('web', version),
    crashes: (version) => image('crashes', version),
    lastWords: 'FATAL: no database, password=[redacted]',
  });
});
