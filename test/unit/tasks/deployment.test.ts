import { beforeAll, describe, expect, it } from 'vitest';
import { addressOf } from '#domain/kinds.ts';
import {
  configMap,
  createDeploymentHarness,
  type DeploymentHarness,
  image,
  shop,
} from './deployment-harness.ts';
import { describeDeployment } from './deployment-scenarios.suite.ts';
import { apply, target } from './deployment-steps.ts';

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

describe('what a stopped promotion left', () => {
  it('is pruned by the rollback that is started for it', async () => {
    const harness = await createDeploymentHarness();
    const good = await harness.receive(shop(1));
    await harness.promote(good);
    const { promotion } = await apply(harness, [...shop(2), configMap('left-behind', { a: '1' })]);
    const endedAt = harness.clock.now();
    await harness.promotions.end(promotion, { outcome: 'failed-not-rolled-back', endedAt });
    await harness.targets.release(target, promotion);
    await harness.promote(good, 'rollback');
    expect(await harness.memory.read(addressOf(configMap('left-behind', {})))).toBeUndefined();
    expect(await harness.memory.read(addressOf(configMap('web-settings', {})))).toMatchObject({
      data: { greeting: 'hello 1' },
    });
  });
});
