/**
 * Stands in for the SDK's discovery of endpoints (`Alias` in template.yaml, docs/adr/0007): the DynamoDB client sets it up,
 * with a cache for a thousand endpoints, and none of its commands uses it.
 */
export const NODE_ENDPOINT_DISCOVERY_CONFIG_OPTIONS = {
  environmentVariableSelector: () => false,
  configFileSelector: () => false,
  default: false,
};

/** Resolves a client's settings for discovery: there are none. */
export function resolveEndpointDiscoveryConfig<Config>(config: Config): Config {
  return config;
}
