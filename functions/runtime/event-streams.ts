/**
 * Stands in for the SDK's event streams (`Alias` in template.yaml): no call of ours has one.
 */
export function resolveEventStreamSerdeConfig<Config>(config: Config): Config {
  return config;
}
export function eventStreamSerdeProvider(): undefined {
  return undefined;
}
export class EventStreamSerde {
  constructor() {
    throw new Error('x');
  }
}
