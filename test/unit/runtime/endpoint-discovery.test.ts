import { expect, it } from 'vitest';
import {
  NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS,
  resolveEndpointDiscoveryConfig,
} from '#runtime/endpoint-discovery.ts';

it('leaves a client as it is, and says that nothing is discovered', () => {
  const config = { region: 'us-east-1' };
  expect(resolveEndpointDiscoveryConfig(config)).toBe(config);
  const { environmentVariableSelector, configFileSelector } = NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS;
  expect([environmentVariableSelector(), configFileSelector()]).toEqual([false, false]);
});
